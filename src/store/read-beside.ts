import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { Kysely, PostgresDialect } from 'kysely';

import { createPool } from '#store/postgres/postgres-pool';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile } from '#store/sqlite/sqlite-file';

import { StoreRefusedError, StoreUnavailableError } from './database.ts';
import type { Tables } from './tables.ts';

/** Where a store is: the folder of an embedded one, or the URL of a database. */
export type StorePlace = { readonly folder: string } | { readonly url: string };

/**
 * Reads a store without its key and without owning it: beside a running gateway too. Nothing is made.
 * @throws StoreRefusedError, which says `noStore` where there is none, or one of another version
 */
export async function readBeside<Result>(
  place: StorePlace,
  noStore: string,
  read: (database: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  const { database, close } = 'url' in place ? openUrl(place.url) : await openFolder(place.folder, noStore);
  try {
    return await read(database);
  } catch (error) {
    if (error instanceof StoreUnavailableError)
      throw new StoreRefusedError(`The store cannot be read: ${error.message}`);
    throw new StoreRefusedError(noStore);
  } finally {
    await close();
  }
}

interface Opened {
  readonly database: Kysely<Tables>;
  close(): Promise<void>;
}

function openUrl(url: string): Opened {
  const pool = createPool(url, { connections: 1, readOnly: true, statementTimeoutMs: 10_000 });
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { database, close: () => database.destroy() };
}

async function openFolder(folder: string, noStore: string): Promise<Opened> {
  const path = join(folder, 'store.db');
  await access(path).catch(() => {
    throw new StoreRefusedError(noStore);
  });
  const file = openSqliteFile(path, 'READ');
  const execute = (text: string, parameters: readonly unknown[]) => file.execute(text, parameters);
  const database = new Kysely<Tables>({ dialect: sqliteKyselyDialect(execute, 'begin') });
  return { database, close: async () => file.close() };
}
