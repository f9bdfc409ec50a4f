import type { Kysely } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { LogPlace } from '#store/epoch/log-place';

import type { Bell } from './bell.ts';
import type { Dialect } from './dialect.ts';
import type { Tables } from './tables.ts';
import type { Transact } from './transact.ts';

/** An open database of either dialect: all that the parts of the store need. */
export interface Database {
  /** All writing. A transaction on it has it alone, where the dialect has one writer. */
  readonly write: Kysely<Tables>;
  /** Writing of the audit: where the dialect has several writers, behind none of those that stand in a queue. */
  readonly auditWrite: Kysely<Tables>;
  /** Leases, behind nothing else that is written: to wait with them is to lose them. */
  readonly leaseWrite: Kysely<Tables>;
  /** Short reads of what is committed: by key, or one page by index. */
  readonly read: Kysely<Tables>;
  /** Reads that may take long (counts, statistics); they hold neither writers nor short reads up. */
  readonly longRead: Kysely<Tables>;
  readonly dialect: Dialect;
  /** Where other processes share the database: a bell that they hear too. */
  readonly bell?: Bell;
  readonly logPlace: LogPlace;
  /** Called when a connection was lost and made again: perhaps to another server. Absent where there are none. */
  onReconnect?(listener: () => void): void;
  /** The present by the clock that orders all reads. */
  now(transaction?: Transact): Promise<Instant>;
  /** Takes out of the files what was deleted or written over; absent where the database does that itself, in its own time. */
  forget?(): Promise<void>;
  /** False once a thread is lost for good, or the database was closed. A lost connection is made again. */
  isAlive(): boolean;
  /** False while the last attempt to write failed for a fault of the store, and another one does too. Never throws. */
  isWritable(): Promise<boolean>;
  close(): Promise<void>;
}

/** The store cannot answer: its file, thread or server is gone. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The store cannot be opened as asked; the message says why in one readable line. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}
