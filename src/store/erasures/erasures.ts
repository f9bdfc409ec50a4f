import type { FetchedRecord } from '#kyc/fetched-record';
import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';

import { eraseUser, finishErasures } from './erase-user.ts';
import { withoutErased } from './without-erased.ts';

/** What was erased of one user at one source. */
export interface ErasedAtSource {
  readonly source: SourceId;
  /** Records that are the user's, or name the user: nothing personal of the user is in them any more. */
  readonly records: number;
  /** Those of them that the source still has: the user's own, and others' that name the user. */
  readonly ownAtSource: number;
  readonly othersAtSource: number;
}

export interface Erasure {
  /** The present public id. */
  readonly userId: string;
  /** When the first of its identities was erased. */
  readonly erasedAt: Instant;
  /** One for each source where the user has an identity, in byte order. */
  readonly sources: readonly ErasedAtSource[];
}

/** Users of whom nothing personal is to be kept. */
export interface Erasures {
  /**
   * Erases a user: personal values, payloads, search hashes, credentials, pins of owners and reveals, of every identity
   * that the user has now. Ids, links, statuses, times and the log stay. From its first transaction on, whatever a source
   * says of these identities is stored without anything personal. Said again, it goes on and tells the same. Null for
   * nobody.
   */
  eraseUser(userId: string): Promise<Erasure | null>;
  /** Goes on with erasures that were cut short; does nothing while there are none. */
  finishErasures(): Promise<void>;
  /** Records of one source as they may be shown, without anything personal of identities that were erased. */
  withoutErased(source: SourceId, records: readonly FetchedRecord[]): Promise<readonly FetchedRecord[]>;
}

export function createErasures(context: StoreContext): Erasures {
  return {
    eraseUser: (userId) => eraseUser(context, userId),
    finishErasures: () => finishErasures(context),
    withoutErased: (source, records) =>
      withoutErased(context.database.read, context.sealers, source, records),
  };
}
