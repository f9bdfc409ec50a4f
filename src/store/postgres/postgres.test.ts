import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { aRecord, at, logOf, take } from '#store/behaviours/records';
import { openPostgresStore } from '#store/open-store';
import { inSnapshot } from '#store/snapshot';
import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { readLog } from '#store/testing/read-log';
import { expectWholeLog, manyRecords, OPTIONS, UNTIL, withPostgres } from '#store/testing/with-postgres';
import type { Transact } from '#store/transact';

import { openPostgres } from './postgres.ts';

describe.skipIf(postgresServer === null)('a store on PostgreSQL', () => {
  const { open, openDatabase, database: test } = withPostgres();

  describe('that gateways open at once', () => {
    it('is made once, by processes', async () => {
      const ids = await idsOfProcesses(test().url, 3);
      expect(new Set(ids).size).toBe(1);
      expect((await open()).id).toBe(ids[0]);
      await expectMadeOnce(test());
    });

    it('is made once, within a process', async () => {
      const stores = await Promise.all(Array.from({ length: 6 }, () => open()));
      expect(new Set(stores.map(({ id }) => id)).size).toBe(1);
      await expectMadeOnce(test());
    });
  });

  it('compares text in byte order and keeps no time of its own', async () => {
    await open();
    const columns = await test().run(`
      select table_name, column_name, data_type, collation_name from information_schema.columns
      where table_schema = 'public' and table_name not like 'kysely%'`);
    expect(columns.length).toBeGreaterThan(60);
    for (const column of columns) {
      const { data_type: type, collation_name: collation } = column;
      expect(
        [
          ['text', 'C'],
          ['bigint', null],
          ['integer', null],
          ['bytea', null],
          ['double precision', null],
        ],
        JSON.stringify(column),
      ).toContainEqual([type, collation]);
    }
  });

  describe('refuses in one readable line, without any part of the URL', () => {
    it.each([
      [
        'nothing listens',
        (url: URL) => Object.assign(url, { port: '1' }),
        /cannot be reached \(ECONNREFUSED\)/,
      ],
      ['there is no such database', (url: URL) => Object.assign(url, { pathname: '/kyc_secret' }), /3D000/],
      ['the user is unknown', (url: URL) => Object.assign(url, { username: 'kyc_secret' }), /SQLSTATE 28/],
    ])('when %s', async (_, changed, words) => {
      const url = changed(new URL(test().url));
      url.password = 'secret';
      const refusal: unknown = await openPostgres(url.href).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ name: 'StoreRefusedError', message: expect.stringMatching(words) });
      expect(String(refusal)).not.toMatch(/secret|127\.0\.0\.1|\n/);
    });

    it('when the database is not encoded in UTF8', async () => {
      const other = await createTestDatabase("encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'");
      await expect(openPostgres(other.url)).rejects.toThrow(/not encoded in UTF8/);
      await other.drop();
    });

    it('when the key or the mark is another', async () => {
      await open();
      const other = { ...OPTIONS, secretKey: new Uint8Array(32).fill(8) };
      await expect(openPostgresStore(test().url, other)).rejects.toThrow(/KYC_SECRET_KEY is not the key/);
      await expect(openPostgresStore(test().url, { ...OPTIONS, sandbox: true })).rejects.toThrow(/sandbox/);
    });
  });

  it('rings at every gateway for what one appends, until told to stop', async () => {
    const [here, there] = [await open(), await open()];
    const [stopped, heard] = [vi.fn<() => void>(), vi.fn<() => void>()];
    there.onAppend(stopped)();
    there.onAppend(heard);
    let next = 0;
    // It may not listen from the first moment on.
    await vi.waitFor(async () => {
      next += 1;
      await take(here, [aRecord({ externalId: `record-${next}` })]);
      await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 300, interval: 10 });
    }, UNTIL);
    expect(stopped).not.toHaveBeenCalled();
  });

  it('tells one clock to all gateways, forwards, also within a transaction', async () => {
    const stores = [await open(), await open()];
    const database = await openDatabase();
    const times: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (const store of stores) times.push(await store.now());
    }
    await database.write.transaction().execute(async (transaction) => {
      for (let round = 0; round < 3; round += 1) times.push(await database.now(transaction));
    });
    expect(times).toEqual([...new Set(times)].sort());
    for (const time of times) expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/);
  });

  it('keeps the log whole while gateways append at once, and a reader that follows misses no row', async () => {
    // As an administrator may have set it: a snapshot taken before the lock is there would not see the last holder's rows.
    await test().run(
      "do $$ begin execute format('alter database %I set default_transaction_isolation = serializable', current_database()); end $$",
    );
    const [one, other, reader] = [await open(), await open(), await open()];
    const batches = Array.from({ length: 12 }, (_, batch) => batch);
    let isWriting = true;
    const followed: number[] = [];
    const follow = async () => {
      for (;;) {
        const last = !isWriting;
        const rows = await readLog(reader, SEES_ALL, followed.at(-1) ?? 0);
        followed.push(...rows.map(({ position }) => position));
        if (last) return;
      }
    };
    const following = follow();
    await Promise.all(
      [one, other].flatMap((store) =>
        // Every batch comes to both gateways.
        batches.map((batch) => take(store, manyRecords(`batch-${batch}`, 20), { readStartedAt: at(batch) })),
      ),
    );
    isWriting = false;
    await following;
    const log = await logOf(one);
    expectWholeLog(log);
    expect(followed).toEqual(log.map(({ position }) => position));
    expect(log.filter((row) => 'verificationId' in row)).toHaveLength(12 * 20);
  });

  it('runs a transaction again that lost a deadlock', async () => {
    const database = await openDatabase();
    await database.write
      .insertInto('meta')
      .values([
        { key: 'a', value: '' },
        { key: 'b', value: '' },
      ])
      .execute();
    const bothHold = Promise.withResolvers<void>();
    let holding = 0;
    let runs = 0;
    const write = (keys: readonly string[]) =>
      database.write.transaction().execute(async (transaction) => {
        runs += 1;
        for (const key of keys) {
          await transaction
            .updateTable('meta')
            .set({ value: sql<string>`value || ${key}` })
            .where('key', '=', key)
            .execute();
          holding += 1;
          if (holding === 2) bothHold.resolve();
          await bothHold.promise;
        }
      });
    await Promise.all([write(['a', 'b']), write(['b', 'a'])]);
    // A slow machine may lose it more than once.
    expect(runs).toBeGreaterThanOrEqual(3);
    const rows = await database.read.selectFrom('meta').selectAll().orderBy('key').execute();
    expect(rows).toEqual([
      { key: 'a', value: 'aa' },
      { key: 'b', value: 'bb' },
    ]);
  });

  it('shows one state to all statements of a read, and writes through no reading connection', async () => {
    const database = await openDatabase();
    const keys = (transaction: Transact) => transaction.selectFrom('meta').select('key').execute();
    for (const reader of [database.read, database.longRead]) {
      const row = { key: `at ${Math.random()}`, value: '' };
      const seen = await inSnapshot(reader, async (transaction) => {
        const before = await keys(transaction);
        await database.write.insertInto('meta').values(row).execute();
        return { before, after: await keys(transaction) };
      });
      expect(seen.after).toEqual(seen.before);
      await expect(reader.insertInto('meta').values(row).execute()).rejects.toThrow();
    }
  });

  it('repeats no value in an error', async () => {
    const database = await openDatabase();
    const row = { key: 'secret', value: 'secret' };
    await database.write.insertInto('meta').values(row).execute();
    for (const refused of [
      () => database.write.insertInto('meta').values(row).execute(),
      () => sql`select ${'secret'}::bigint`.execute(database.write),
      () => sql`select ${'\u0000secret'}::text`.execute(database.write),
    ]) {
      const error: unknown = await refused().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'StatementRefusedError' });
      expect(
        JSON.stringify([String(error), Object.entries(Object(error)), String(Object(error).stack)]),
      ).not.toMatch(/secret/);
    }
  });
});

async function expectMadeOnce(test: TestDatabase): Promise<void> {
  const steps = await test.run('select name from kysely_migration');
  expect(new Set(steps.map((row) => row['name'])).size).toBe(steps.length);
  expect(await test.run("select 1 from meta where key = 'store_id'")).toHaveLength(1);
}

/** The ids that processes tell which open the store in the same moment. */
async function idsOfProcesses(url: string, count: number): Promise<readonly (string | undefined)[]> {
  const script = join(import.meta.dirname, '../testing/open-at-once.ts');
  const processes = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, [script, url], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of processes) expect((await lines.next()).value).toBe('ready');
  for (const { child } of processes) child.stdin.write('go\n');
  return await Promise.all(
    processes.map(async ({ child, lines }) => {
      const ended = once(child, 'close');
      const { value } = (await lines.next()) as { value?: string };
      await ended;
      return value;
    }),
  );
}
