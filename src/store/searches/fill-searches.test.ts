import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { personalRecord } from '#store/behaviours/personal-records';
import { ALPHA, take } from '#store/behaviours/records';
import { sqliteDialect } from '#store/dialect';
import { sealKeyCheck } from '#store/key-check';
import * as tables from '#store/migrations/0001-tables';
import * as personalHashes from '#store/migrations/0008-personal-hashes';
import { openStore } from '#store/open-store';
import { createSealer } from '#store/sealing';
import { openSqlite } from '#store/sqlite/sqlite';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile } from '#store/sqlite/sqlite-file';
import type { StoreOptions } from '#store/store';

const OPTIONS: StoreOptions = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kyc-searches-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

it('records from before there were searches are found by and by, also when that is cut short', async () => {
  const store = await openStore(folder, OPTIONS);
  const records = Array.from({ length: 25 }, (_, index) =>
    personalRecord({ fullName: 'Ada', email: `e${index}@example.test` }, null, {
      externalId: `r${index}`,
      externalUserId: `u${index}`,
    }),
  );
  await take(store, records);
  expect(await store.upkeep.fillSearches(10)).toBe(false);
  await store.close();
  const database = await openSqlite(folder);
  await database.write.deleteFrom('personal_hashes').execute();
  await database.write.insertInto('meta').values({ key: 'searches_to_fill', value: '' }).execute();
  await database.close();

  const found: number[] = [];
  for (let more = true; more; ) {
    const again = await openStore(folder, OPTIONS);
    more = await again.upkeep.fillSearches(10);
    found.push(await again.countUsers({ fullName: 'ada' }, SEES_ALL));
    await again.close();
  }
  expect(found).toEqual([10, 20, 25]);
});

it('a store of before that has its searches to fill, and its pins name their key', async () => {
  const file = openSqliteFile(join(folder, 'old.db'), 'WRITE');
  try {
    const old = new Kysely<unknown>({ dialect: sqliteKyselyDialect(file.execute, 'begin immediate') });
    await tables.up(old, sqliteDialect);
    const pin = createSealer(OPTIONS.secretKey, 'owner').hash(`${ALPHA}\0owner`);
    const check = sealKeyCheck(createSealer(OPTIONS.secretKey, 'key-check'));
    await sql`insert into meta values ('key_check', ${check})`.execute(old);
    await sql`insert into identities (source, external_id, user_id, linked_at, joined, open, owner_hash)
      values (${ALPHA}, 'a', 'u', '', 0, 1, ${pin.subarray(5)})`.execute(old);
    await sql`insert into verifications (id, source, kind, external_id, status, status_since, last_changed_at,
        observed_at, read_started_at, details, faults, fault_count, content_hash, sequence, deleted, seen_generation)
      values ('id', ${ALPHA}, 'KYC_RECORD', 'a', 'PENDING', '', '', '', '', '{}', '[]', 0, x'', 1, 0, 0)`.execute(
      old,
    );
    await personalHashes.up(old, sqliteDialect);
    const marks = await sql<{ value: string }>`select value from meta where key = 'searches_to_fill'`.execute(
      old,
    );
    expect(marks.rows.map(({ value }) => value)).toEqual(['']);
    const pins = await sql<{ pin: Uint8Array }>`select owner_hash as pin from identities`.execute(old);
    expect(Buffer.from(pins.rows[0]?.pin ?? [])).toEqual(Buffer.from(pin));
  } finally {
    file.close();
  }
});
