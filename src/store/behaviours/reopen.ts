import type { Store, StoreOptions } from '#store/store';

/** A store for one test, over a database that outlives its closing. */
export interface ReopenableStore {
  /** The one that is open. */
  readonly store: Store;
  /** Closes it and opens it again, with other options if given. */
  reopen(options?: Partial<StoreOptions>): Promise<Store>;
  /** Another gateway's store over the same database, closed with this one; absent where only one can be. */
  beside?(): Promise<Store>;
  /** All bytes that the closed or open database has on its disk, or, of a server's, in its tables. */
  bytes(): Promise<Buffer>;
  remove(): Promise<void>;
}

/** How a list of behaviours gets an empty store, whatever the dialect. */
export type OpenFresh = (options?: Partial<StoreOptions>) => Promise<ReopenableStore>;
