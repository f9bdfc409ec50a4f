import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely } from 'kysely';
import { expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { createSealers } from '#store/sealing';
import { openSqlite } from '#store/sqlite/sqlite';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import type { Tables } from '#store/tables';

import { createReads } from './reads.ts';

it('whatever looks at many rows is asked of the reading thread, never of the event loop', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-long-reads-'));
  const database = await openSqlite(folder);
  const dialect = sqliteKyselyDialect(() => Promise.reject(new Error('on the event loop')), 'begin');
  const reads = createReads(
    { ...database, read: new Kysely<Tables>({ dialect }) },
    createSealers(new Uint8Array(32)),
  );
  try {
    const query = { filter: {}, groupBy: ['CREATED_WEEK'], timeZone: 'Europe/Berlin' } as const;
    expect(await reads.verificationStats(query, SEES_ALL)).toEqual([]);
    expect(await reads.decisionTimes(query, SEES_ALL)).toEqual([]);
    expect(await reads.unmappedStatuses(SEES_ALL)).toEqual([]);
    expect(await reads.countVerifications({}, SEES_ALL)).toBe(0);
    expect(await reads.countVerifications({ statuses: ['PENDING'] }, SEES_ALL)).toBe(0);
    await expect(reads.readVerifications(['any'], SEES_ALL)).rejects.toThrow('on the event loop');
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
});
