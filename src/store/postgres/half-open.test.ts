import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { StoreUnavailableError } from '#store/database';
import { type CuttableProxy, createCuttableProxy } from '#store/testing/cuttable-proxy';
import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { UNTIL } from '#store/testing/with-postgres';

import { SharedBell } from './postgres-bell.ts';
import { createPool } from './postgres-pool.ts';

/** Connections that stay open and carry nothing any more, as after a router forgot them. */
describe.skipIf(postgresServer === null)('on a connection that carries nothing any more', () => {
  let database: TestDatabase;
  let way: CuttableProxy;
  beforeEach(async () => {
    database = await createTestDatabase();
    way = await createCuttableProxy(database.url);
  });
  afterEach(async () => {
    await way.cut();
    await database.drop();
  });

  it('a statement fails within its deadline, and the next one has a new connection, whichever was idle', async () => {
    const use = { connections: 4, readOnly: true, statementTimeoutMs: 400, answerGraceMs: 100 };
    const pool = createPool(way.url, use);
    const all = await Promise.all([1, 2, 3, 4].map(() => pool.connect()));
    for (const client of all) client.release();
    way.stall();
    const lost = await pool.connect();
    await expect(lost.query('select 1', [])).rejects.toBeInstanceOf(StoreUnavailableError);
    lost.release();
    for (let again = 0; again < 6; again += 1) {
      const client = await pool.connect();
      expect((await client.query<{ one: number }>('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
      client.release();
    }
    await pool.end();
  });

  it('a bell is noticed to be silent, rings since it may have missed something, and hears again', async () => {
    const pace = { checkEveryMs: 50, answerWithinMs: 1000 };
    const [far, near] = [new SharedBell(way.url, pace), new SharedBell(database.url, pace)];
    await Promise.all([far.firstTried, near.firstTried]);
    const heard = vi.fn<() => void>();
    far.listen(heard);
    way.stall();
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), UNTIL);
    heard.mockClear();
    near.ring();
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1), UNTIL);
    await Promise.all([far.close(), near.close()]);
  });

  it('a bell that is rung is heard by others, once it was made again', async () => {
    const pace = { checkEveryMs: 3_600_000, answerWithinMs: 500 };
    const [far, near] = [new SharedBell(way.url, pace), new SharedBell(database.url, pace)];
    await Promise.all([far.firstTried, near.firstTried]);
    const heard = vi.fn<() => void>();
    near.listen(heard);
    way.stall();
    await vi.waitFor(async () => {
      far.ring();
      await delay(50);
      expect(heard).toHaveBeenCalled();
    }, UNTIL);
    await Promise.all([far.close(), near.close()]);
  });

  it('a bell that nothing happens to is not made again', async () => {
    const bell = new SharedBell(way.url, { checkEveryMs: 10, answerWithinMs: 5000 });
    await bell.firstTried;
    const heard = vi.fn<() => void>();
    bell.listen(heard);
    const checks =
      "select query_start from pg_stat_activity where query = 'select 1' and datname = current_database()";
    const seen = new Set<string>();
    await vi.waitFor(async () => {
      for (const row of await database.run(checks)) seen.add(String(row['query_start']));
      expect(seen.size).toBeGreaterThan(2);
    }, UNTIL);
    expect(heard).not.toHaveBeenCalled();
    await bell.close();
  });
});
