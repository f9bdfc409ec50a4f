import { afterAll } from 'vitest';

import type { OpenFresh } from '#store/behaviours/reopen';
import { openPostgresStore } from '#store/open-store';
import type { Store } from '#store/store';

import { createTestDatabase, type TestDatabase } from './postgres-databases.ts';

/** Empties all tables but what the migrations say of themselves; as a replica would, so that the audit does not object. */
const EMPTY = `do $$ declare name text; begin
  perform set_config('session_replication_role', 'replica', true);
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' loop
    execute format('delete from %I', name);
  end loop;
end $$`;
const DEFAULTS = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false } as const;

/**
 * Empty stores on PostgreSQL for one test file. A database that a test is done with is emptied for the next one, which
 * is quicker than another database. Call inside a describe.
 */
export function postgresOpener(): OpenFresh {
  const made: TestDatabase[] = [];
  const free: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of made) await database.drop();
  });

  return async (options = {}) => {
    const database = free.pop() ?? (await createTestDatabase());
    if (!made.includes(database)) made.push(database);
    const others: Store[] = [];
    let store = await openPostgresStore(database.url, { ...DEFAULTS, ...options });
    return {
      store,
      async reopen(changed = {}) {
        await store.close();
        store = await openPostgresStore(database.url, { ...DEFAULTS, ...options, ...changed });
        return store;
      },
      async beside() {
        const other = await openPostgresStore(database.url, { ...DEFAULTS, ...options });
        others.push(other);
        return other;
      },
      bytes: () => bytesOf(database),
      async remove() {
        for (const open of [store, ...others]) await open.close();
        await database.run(EMPTY);
        free.push(database);
      },
    };
  };
}

/** Every value of every table, bytes as they are. */
async function bytesOf(database: TestDatabase): Promise<Buffer> {
  const tables = await database.run("select tablename as name from pg_tables where schemaname = 'public'");
  const values: Buffer[] = [];
  for (const { name } of tables) {
    const rows = await database.run(`select * from "${String(name)}"`);
    for (const value of rows.flatMap((row) => Object.values(row)))
      values.push(Buffer.isBuffer(value) ? value : Buffer.from(String(value)));
  }
  return Buffer.concat(values);
}
