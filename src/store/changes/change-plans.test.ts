import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { Database } from '#store/database';
import { openSqlite } from '#store/sqlite/sqlite';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile, type SqliteFile } from '#store/sqlite/sqlite-file';
import type { Tables } from '#store/tables';

import type { ChangeReads } from './changes.ts';
import { createChangeReads } from './create-changes.ts';

const ALL = { includeLate: true, includeBackfill: true };
const SIGHTS: readonly Sight[] = [
  SEES_ALL,
  { ...SEES_NOTHING, users: ['one', 'two'] },
  { ...SEES_NOTHING, partner: 'partner' },
  { ...SEES_NOTHING, sources: [sourceId('ALPHA')] },
  { ...SEES_NOTHING, businessAccounts: ['acme'] },
];

let folder: string;
let database: Database;
let file: SqliteFile;
let changes: Omit<ChangeReads, 'epoch'>;
let plans: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kyc-change-plans-'));
  database = await openSqlite(folder);
  file = openSqliteFile(join(folder, 'store.db'), 'READ');
  const explained = new Kysely<Tables>({
    dialect: sqliteKyselyDialect((sql, parameters) => {
      if (/from "?changes/.test(sql)) {
        const steps = file.execute(`explain query plan ${sql}`, parameters).rows;
        plans.push(steps.map((step) => String(step['detail'])).join('\n'));
      }
      return file.execute(sql, parameters);
    }, 'begin'),
  });
  changes = createChangeReads({ ...database, read: explained, longRead: explained });
});
afterAll(async () => {
  file.close();
  await database.close();
  await rm(folder, { recursive: true });
});

/** How SQLite goes about what a read asks of the log; its ends are a seek each. */
async function plansOf(read: () => Promise<unknown>): Promise<readonly string[]> {
  plans = [];
  await read();
  const [ends, ...rest] = plans;
  expect(ends?.match(/SEARCH changes/g)).toHaveLength(2);
  expect(rest.length).toBeGreaterThan(0);
  return rest;
}

describe('reads of the log on SQLite', () => {
  it('go on by its positions without sorting, and judge row by row by keys', async () => {
    for (const sight of SIGHTS)
      for (const filter of [ALL, { userIds: ['one'] }, { verificationIds: ['a'] }]) {
        const query = { after: 0, limit: 10, filter };
        for (const plan of [
          ...(await plansOf(() => changes.readStatusChanges(query, sight))),
          ...(await plansOf(() => changes.readUserKycChanges({ ...query, filter: {} }, sight))),
          ...(await plansOf(() => changes.readAnswerMoves({ ...query, filter: {} }, sight))),
        ]) {
          expect(plan).toMatch(/SEARCH changes USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
          expect(plan).not.toContain('TEMP B-TREE');
          expect(plan).not.toMatch(/SCAN (users|identities|verifications|subjects|grants|user_aliases)/);
        }
      }
  });

  it('begin from the rows of the users or records that are meant, or of the few users that are seen', async () => {
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    for (const sight of SIGHTS)
      for (const filter of [
        { ...ALL, userIds: ['one'] },
        { ...ALL, verificationIds: ['a'] },
      ])
        for (const plan of await plansOf(() => changes.pageStatusChanges({ filter, page }, sight)))
          expect(plan).toMatch(/SEARCH changes USING INDEX changes_subject \(subject_id=\?\)/);
    const [, few = SEES_ALL] = SIGHTS;
    for (const plan of await plansOf(() => changes.pageStatusChanges({ filter: {}, page }, few)))
      expect(plan).toMatch(/SEARCH changes USING INDEX changes_subject \(subject_id=\?\)/);
    for (const plan of await plansOf(() => changes.pageStatusChanges({ filter: {}, page }, SEES_ALL)))
      expect(plan).toMatch(/SEARCH changes USING INTEGER PRIMARY KEY/);
  });
});
