import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { Kysely, PostgresDialect } from 'kysely';

import { StoreRefusedError, StoreUnavailableError } from '#store/database';
import { createPool } from '#store/postgres/postgres-pool';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile } from '#store/sqlite/sqlite-file';
import type { Tables } from '#store/tables';

import { type ApiKey, listApiKeys } from './api-keys.ts';

const NO_STORE = 'There is no store of this version there: start the gateway once, or make a key.';

/**
 * The keys of an embedded store, which is only read: beside a running gateway too.
 * @throws StoreRefusedError when there is no store in the folder, or it is of another version
 */
export async function readApiKeysOfFolder(folder: string): Promise<readonly ApiKey[]> {
  const path = join(folder, 'store.db');
  await access(path).catch(() => {
    throw new StoreRefusedError(NO_STORE);
  });
  const file = openSqliteFile(path, 'READ');
  const execute = (text: string, parameters: readonly unknown[]) => file.execute(text, parameters);
  try {
    return await listWith(new Kysely({ dialect: sqliteKyselyDialect(execute, 'begin') }));
  } finally {
    file.close();
  }
}

/** The same of a database. @throws StoreRefusedError when the server cannot be used, or the store is of another version */
export async function readApiKeysOfDatabase(url: string): Promise<readonly ApiKey[]> {
  const pool = createPool(url, { connections: 1, readOnly: true, statementTimeoutMs: 10_000 });
  return await listWith(new Kysely({ dialect: new PostgresDialect({ pool }) }));
}

async function listWith(database: Kysely<Tables>): Promise<readonly ApiKey[]> {
  try {
    return await listApiKeys(database);
  } catch (error) {
    if (error instanceof StoreUnavailableError)
      throw new StoreRefusedError(`The database of DATABASE_URL cannot be used: ${error.message}`);
    throw new StoreRefusedError(NO_STORE);
  } finally {
    await database.destroy();
  }
}
