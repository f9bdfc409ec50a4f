import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';

import { openPostgres } from '#store/postgres/postgres';
import { openSqlite } from '#store/sqlite/sqlite';
import { createCuttableProxy } from '#store/testing/cuttable-proxy';
import { postgresServer } from '#store/testing/postgres-databases';
import { refuseWrites } from '#store/testing/refuse-writes';
import { UNTIL, withPostgres } from '#store/testing/with-postgres';

import { type Database, StoreUnavailableError } from './database.ts';

const writeOne = (database: Database, key: string) =>
  database.write
    .insertInto('meta')
    .values({ key, value: 'v'.repeat(200_000) })
    .execute();
const keysIn = async (database: Database) =>
  (await database.read.selectFrom('meta').select('key').execute()).map(({ key }) => key);

describe('a store that cannot be written', () => {
  test('because its disk is full says so after the first attempt, until there is room again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kyc-full-'));
    const database = await openSqlite(folder);
    try {
      expect(await database.isWritable()).toBe(true);
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.write);
      const pages = rows[0]?.page_count ?? 0;
      const allow = (more: number) =>
        sql.raw(`pragma max_page_count = ${pages + more}`).execute(database.write);
      await allow(1);
      // Nobody tried yet.
      expect(await database.isWritable()).toBe(true);
      await expect(writeOne(database, 'a')).rejects.toBeInstanceOf(StoreUnavailableError);
      expect(await database.isWritable()).toBe(false);
      // Small writes go through where a batch would not: that is not over yet.
      await database.write.insertInto('meta').values({ key: 'small', value: '' }).execute();
      expect(await Promise.all([database.isWritable(), database.isWritable()])).toEqual([false, false]);
      await allow(1000);
      expect(await database.isWritable()).toBe(true);
      await writeOne(database, 'b');
      expect(await keysIn(database)).toEqual(['b', 'small']);
    } finally {
      await database.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('is not one that refuses a statement', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kyc-full-'));
    const database = await openSqlite(folder);
    const trial = vi.spyOn(database.write, 'insertInto');
    await writeOne(database, 'a');
    await expect(writeOne(database, 'a')).rejects.toThrow();
    trial.mockClear();
    expect(await database.isWritable()).toBe(true);
    expect(trial).not.toHaveBeenCalled();
    await database.close();
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(postgresServer === null)('a store on PostgreSQL that cannot be written', () => {
  const { database: testDatabase, openDatabase } = withPostgres();

  test.each(['DISK_FULL', 'READ_ONLY'] as const)(
    'because the server is %s says so after the first attempt, until it is over',
    async (fault) => {
      const database = await openDatabase();
      const allowWrites = await refuseWrites(testDatabase(), fault);
      expect(await database.isWritable()).toBe(true);
      await expect(writeOne(database, 'a')).rejects.toBeInstanceOf(StoreUnavailableError);
      expect(await database.isWritable()).toBe(false);
      expect(await keysIn(database)).toEqual([]);
      await allowWrites();
      expect(await database.isWritable()).toBe(true);
      await writeOne(database, 'b');
      expect(await keysIn(database)).toEqual(['b']);
    },
  );

  test('because the server is gone says so, until it is back', async () => {
    const way = await createCuttableProxy(testDatabase().url);
    const database = await openPostgres(way.url);
    try {
      await way.cut();
      await expect(writeOne(database, 'a')).rejects.toBeInstanceOf(StoreUnavailableError);
      expect(await database.isWritable()).toBe(false);
      await way.restore();
      await vi.waitFor(async () => expect(await database.isWritable()).toBe(true), UNTIL);
      expect(await keysIn(database)).toEqual([]);
    } finally {
      await database.close();
      await way.cut();
    }
  });
});
