import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openSqlite } from '#store/sqlite/sqlite';

import { inSnapshot } from './snapshot.ts';
import type { Transact } from './transact.ts';

it('shows one state of the store to all statements of a read, on both reading connections', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-snapshot-'));
  const database = await openSqlite(folder);
  const keys = (transaction: Transact) => transaction.selectFrom('meta').select('key').execute();
  for (const reader of [database.read, database.longRead]) {
    const seen = await inSnapshot(reader, async (transaction) => {
      const before = await keys(transaction);
      await database.write
        .insertInto('meta')
        .values({ key: `at ${before.length}`, value: '' })
        .execute();
      return { before, after: await keys(transaction) };
    });
    expect(seen.after).toEqual(seen.before);
    expect(await reader.selectFrom('meta').select('key').execute()).toHaveLength(seen.before.length + 1);
  }
  await database.close();
  await rm(folder, { recursive: true });
});
