import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely, PostgresDialect, sql } from 'kysely';
import { expect, it } from 'vitest';

import { type Dialect, postgresDialect, sqliteDialect } from '#store/dialect';
import * as tables from '#store/migrations/0001-tables';
import * as grants from '#store/migrations/0006-grants';
import { createPool } from '#store/postgres/postgres-pool';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile } from '#store/sqlite/sqlite-file';
import { createTestDatabase, postgresServer } from '#store/testing/postgres-databases';

const TIME = '2026-01-01T00:00:00.000000000Z';
const DETAILS = [
  ['IDV_APPLICATION', { businessAccountId: 'b-1', profileId: 'p' }],
  ['IDV_APPLICATION', { businessAccountId: 'ü "quoted" \\', entities: [{ accountId: 'a\u0000' }] }],
  ['IDV_APPLICATION', { businessAccountId: null }],
  ['KYC_RECORD', { businessAccountId: 'none of its own' }],
] as const;

async function learnt(database: Kysely<unknown>, dialect: Dialect): Promise<unknown> {
  await tables.up(database, dialect);
  for (const [at, [kind, details]] of DETAILS.entries())
    await sql`insert into verifications (id, source, kind, external_id, status, status_since, last_changed_at,
        observed_at, read_started_at, details, faults, fault_count, content_hash, sequence, deleted, seen_generation)
      values (${`id-${at}`}, 'ALPHA', ${kind}, ${String(at)}, 'APPROVED', ${TIME}, ${TIME}, ${TIME}, ${TIME},
        ${JSON.stringify(details)}, '[]', 0, ${new Uint8Array(0)}, 1, 0, 0)`.execute(database);
  await grants.up(database, dialect);
  const { rows } = await sql<{ account: string | null }>`
    select business_account_id as account from verifications order by id`.execute(database);
  return rows.map(({ account }) => account);
}

const ACCOUNTS = ['b-1', 'ü "quoted" \\', null, null];

it('a store of before grants on SQLite learns the business account of each application', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-migration-'));
  const file = openSqliteFile(join(folder, 'store.db'), 'WRITE');
  try {
    const database = new Kysely<unknown>({ dialect: sqliteKyselyDialect(file.execute, 'begin immediate') });
    expect(await learnt(database, sqliteDialect)).toEqual(ACCOUNTS);
  } finally {
    file.close();
    await rm(folder, { recursive: true });
  }
});

it.skipIf(postgresServer === null)(
  'a store of before grants on PostgreSQL learns the business account of each application',
  async () => {
    const { url, drop } = await createTestDatabase();
    const pool = createPool(url, { connections: 1, readOnly: false, statementTimeoutMs: null });
    const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    try {
      expect(await learnt(database, postgresDialect)).toEqual(ACCOUNTS);
    } finally {
      await database.destroy();
      await drop();
    }
  },
);
