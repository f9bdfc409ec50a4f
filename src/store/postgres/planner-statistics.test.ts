import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Database } from '#store/database';
import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';

import { until } from '../../../test/harness/until.ts';
import { analyseGrown } from './planner-statistics.ts';
import { openPostgres } from './postgres.ts';

const ROWS = 20_000;

describe.skipIf(postgresServer === null)('statistics of the planner', () => {
  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await createTestDatabase();
    database = await openPostgres(test.url);
    await test.run('alter table identities set (autovacuum_enabled = false)');
    await test.run(`insert into identities (source, external_id, user_id, linked_at, joined, open)
      select 'ALPHA', 'x-' || n, 'user-' || n, '2026', 0, 1 from generate_series(1, ${ROWS}) n`);
    await until('the server has counted them', async () => (await changedSince('identities')) >= ROWS);
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  it('are made when a table has grown and something is written, so that few keys are not all rows', async () => {
    expect(await rowsPlanned()).toBeGreaterThan(1000);
    database.bell?.ring();
    await until('it is analysed', async () => (await changedSince('identities')) === 0);
    expect(await rowsPlanned()).toBeLessThanOrEqual(200);
  });

  it('are not made again while the table stays as it is', async () => {
    expect(await analyseGrown(database.longRead)).toEqual([]);
  });

  async function changedSince(table: string): Promise<number> {
    const rows = await test.run(
      `select n_mod_since_analyze as n from pg_stat_user_tables where relname = '${table}'`,
    );
    return Number(rows[0]?.['n'] ?? 0);
  }

  /** How many rows the planner expects of a list of 200 users. */
  async function rowsPlanned(): Promise<number> {
    const users = Array.from({ length: 200 }, (_, n) => `'user-${n}'`).join();
    const [row] = await test.run(
      `explain (format json) select 1 from identities where user_id in (${users})`,
    );
    const plans = row?.['QUERY PLAN'] as { Plan: { 'Plan Rows': number } }[] | undefined;
    return plans?.[0]?.Plan['Plan Rows'] ?? Number.NaN;
  }
});
