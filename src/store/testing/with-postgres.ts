import { afterEach, beforeEach, expect } from 'vitest';

import { aRecord, type logOf } from '#store/behaviours/records';
import type { Database } from '#store/database';
import { openPostgresStore } from '#store/open-store';
import { openPostgres } from '#store/postgres/postgres';
import type { Store, StoreOptions } from '#store/store';

import { createTestDatabase, type TestDatabase } from './postgres-databases.ts';

export const OPTIONS: StoreOptions = {
  policy: 'strict',
  secretKey: new Uint8Array(32).fill(7),
  sandbox: false,
};
/** For vi.waitFor. */
export const UNTIL = { timeout: 15_000, interval: 20 };

/** A database for each test, and what is opened on it; closed and dropped after it. Call inside a describe. */
export function withPostgres(): {
  database(): TestDatabase;
  /** By another way to it, if given. */
  open(url?: string): Promise<Store>;
  openDatabase(url?: string): Promise<Database>;
} {
  let database: TestDatabase | null = null;
  const opened: { close(): Promise<void> }[] = [];
  const present = () => {
    if (database === null) throw new TypeError('There is a database within a test only.');
    return database;
  };
  const kept = <One extends { close(): Promise<void> }>(one: One): One => {
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    await database?.drop();
  });
  return {
    database: present,
    open: async (url = present().url) => kept(await openPostgresStore(url, OPTIONS)),
    openDatabase: async (url = present().url) => kept(await openPostgres(url)),
  };
}

export function manyRecords(name: string, count = 200) {
  return Array.from({ length: count }, (_, index) =>
    aRecord({ externalId: `${name}-${index}`, externalUserId: `user-${index % 50}` }),
  );
}

/** Positions of the log and sequences of each subject go up by one. */
export function expectWholeLog(log: Awaited<ReturnType<typeof logOf>>): void {
  expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index + 1));
  const subjects = Map.groupBy(log, (row) => ('verificationId' in row ? row.verificationId : row.userId));
  for (const rows of subjects.values())
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
}
