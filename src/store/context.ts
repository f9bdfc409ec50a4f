import type { RollUpPolicy } from '#kyc/answer';
import type { Fence } from '#store/leases/leases';

import type { Bell } from './bell.ts';
import type { Database } from './database.ts';
import type { Lane } from './lane.ts';
import type { Sealers } from './sealing.ts';

/** What every writing part of the store works with. */
export interface StoreContext {
  readonly database: Database;
  readonly sealers: Sealers;
  readonly storeId: string;
  readonly policy: RollUpPolicy;
  /** Rung after each commit that appended to the log. */
  readonly bell: Bell;
  /** Where batches that nobody waits for stand in a queue of their own. */
  readonly bulk: Lane;
  /** The lease under which everything is written that appends by inLock or ingest; null: none is needed. */
  readonly fence: Fence | null;
}
