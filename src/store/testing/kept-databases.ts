import { afterAll } from 'vitest';

import type { OpenFresh } from '#store/behaviours/reopen';
import type { Database } from '#store/database';
import { assemble } from '#store/open-store';
import type { Store, StoreOptions } from '#store/store';

/** Where a database of the tests is. */
export interface Place {
  open(): Promise<Database>;
  /** Several may be open on it at once. */
  readonly isShared: boolean;
  /** Takes out all rows but what the migrations say of themselves. */
  empty(database: Database): Promise<void>;
  bytes(): Promise<Buffer>;
  drop(): Promise<void>;
}

interface Kept {
  readonly place: Place;
  database: Database;
}

const DEFAULTS: StoreOptions = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false };

/**
 * Empty stores for the tests of a file. Each is a store of its own, made anew; the database below it, with its threads or
 * connections, is emptied for the next test, which is ten times as quick as another one. Call inside a describe.
 */
export function keptDatabases(makePlace: () => Promise<Place>): OpenFresh {
  const made: Kept[] = [];
  const free: Kept[] = [];
  afterAll(async () => {
    for (const { place, database } of made) {
      await database.close();
      await place.drop();
    }
  });

  return async (options = {}) => {
    const kept = free.pop() ?? (await make(makePlace, made));
    const others: Store[] = [];
    const wanted = { ...DEFAULTS, ...options };
    let store = await openOver(kept.database, wanted);
    const fresh: Awaited<ReturnType<OpenFresh>> = {
      get store() {
        return store;
      },
      async reopen(changed = {}) {
        await store.close();
        await kept.database.close();
        kept.database = await kept.place.open();
        store = await openOver(kept.database, { ...wanted, ...changed });
        return store;
      },
      bytes: () => kept.place.bytes(),
      async remove() {
        for (const open of [store, ...others]) await open.close();
        await kept.place.empty(kept.database);
        free.push(kept);
      },
    };
    if (!kept.place.isShared) return fresh;
    return Object.assign(fresh, {
      async beside() {
        const other = await assemble(await kept.place.open(), wanted);
        others.push(other);
        return other;
      },
    });
  };
}

async function make(makePlace: () => Promise<Place>, made: Kept[]): Promise<Kept> {
  const place = await makePlace();
  const kept = { place, database: await place.open() };
  made.push(kept);
  return kept;
}

/** A store whose end leaves its database open, and nothing of its own behind. */
function openOver(database: Database, options: StoreOptions): Promise<Store> {
  const { bell } = database;
  const ends: (() => void)[] = [];
  const close = () => Promise.resolve(ends.forEach((end) => end()));
  if (bell === undefined) return assemble({ ...database, close }, options);
  const listen = (listener: () => void) => {
    const end = bell.listen(listener);
    ends.push(end);
    return end;
  };
  return assemble({ ...database, bell: { ring: () => bell.ring(), listen }, close }, options);
}
