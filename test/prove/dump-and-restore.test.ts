import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { aRecord, take } from '#store/behaviours/records';
import { openPostgresStore } from '#store/open-store';
import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { OPTIONS } from '#store/testing/with-postgres';

/** As operators do it, by the programs that come with PostgreSQL. */
describe.skipIf(postgresServer === null)('a store that was dumped and restored', () => {
  const dump = join(mkdtempSync(join(tmpdir(), 'kyc-dump-')), 'dump');
  let first: TestDatabase;
  let second: TestDatabase;
  beforeEach(async () => {
    [first, second] = [await createTestDatabase(), await createTestDatabase()];
  });
  afterEach(async () => {
    await first.drop();
    await second.drop();
  });

  /** Opens the store, changes something, and closes it. */
  async function visit({ url }: TestDatabase, name: string): Promise<{ epoch: string; id: string }> {
    const store = await openPostgresStore(url, OPTIONS);
    await take(store, [aRecord({ externalId: name })]);
    await store.close();
    return { epoch: store.changes.epoch, id: store.id };
  }

  test('elsewhere or in place, has another epoch from then on; the one that was dumped keeps its own', async () => {
    const before = await visit(first, 'a');
    execFileSync('pg_dump', ['-Fc', '-f', dump, first.url]);
    expect(await visit(first, 'b')).toEqual(before);

    execFileSync('pg_restore', ['-d', second.url, dump]);
    const elsewhere = await visit(second, 'c');
    expect(elsewhere.epoch).not.toBe(before.epoch);
    expect(elsewhere.id).toBe(before.id);
    expect(await visit(second, 'd')).toEqual(elsewhere);
    expect(await visit(first, 'c')).toEqual(before);

    execFileSync('pg_restore', ['--clean', '--if-exists', '-d', first.url, dump]);
    const inPlace = await visit(first, 'e');
    expect([before.epoch, elsewhere.epoch]).not.toContain(inPlace.epoch);
    expect(await visit(first, 'f')).toEqual(inPlace);
  });
});
