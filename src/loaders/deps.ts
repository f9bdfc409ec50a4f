import type { RollUpPolicy } from '#kyc/answer';
import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { Source, SourceDescriptor } from '#sources/source';
import type { Store } from '#store/store';

import type { LiveReader } from './live-reader.ts';

/** What the loaders of every request share. Nothing in it knows a caller. */
export interface LoaderDeps {
  readonly store: Store;
  /** Sources that are switched on, in registry order. */
  readonly sources: readonly Source[];
  /** All sources of the registry, in its order. */
  readonly descriptors: readonly SourceDescriptor[];
  readonly live: LiveReader;
  /** How long a FRESH read waits before it gives the stale copy. */
  readonly readWaitMs: number;
  readonly policy: RollUpPolicy;
  /** When sync looks at a source next; null while it does, or never. */
  readonly nextSyncAt: (source: SourceId) => Instant | null;
}
