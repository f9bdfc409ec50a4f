import { sql } from 'kysely';

import type { OpenFresh } from '#store/behaviours/reopen';
import { openPostgres } from '#store/postgres/postgres';

import { keptDatabases } from './kept-databases.ts';
import { createTestDatabase, type TestDatabase } from './postgres-databases.ts';

/** Empties all tables but what the migrations say of themselves; as a replica would, so that the audit does not object. */
const EMPTY = `do $$ declare name text; begin
  perform set_config('session_replication_role', 'replica', true);
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' loop
    execute format('delete from %I', name);
  end loop;
end $$`;

/** Empty stores on PostgreSQL for one test file. Call inside a describe. */
export function postgresOpener(): OpenFresh {
  return keptDatabases(async () => {
    const database = await createTestDatabase();
    return {
      isShared: true,
      open: () => openPostgres(database.url),
      empty: async ({ write }) => void (await sql.raw(EMPTY).execute(write)),
      bytes: () => bytesOf(database),
      drop: () => database.drop(),
    };
  });
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
