import { describe, expect, it, vi } from 'vitest';

import { ALPHA, aRecord, logOf, take } from '#store/behaviours/records';
import type { Store } from '#store/store';
import { postgresServer } from '#store/testing/postgres-databases';
import { UNTIL, withPostgres } from '#store/testing/with-postgres';

import { LeaseLostError } from './leases.ts';

const WAITING =
  "select 1 from pg_locks join pg_database d on d.oid = database where locktype = 'advisory' and not granted and datname = current_database()";

describe.skipIf(postgresServer === null)('what waits for its turn to write', () => {
  const { open, openDatabase, database } = withPostgres();

  it.each<[string, (past: Store) => Promise<unknown>]>([
    ['records', (past) => take(past, [aRecord()])],
    ['a scan', (past) => past.beginScan(ALPHA)],
  ])('is refused when the lease is taken meanwhile: %s', async (_what, write) => {
    const [store, beside] = [await open(), await openDatabase()];
    const fence = await store.leases.take('SOURCE:ALPHA', 'one', 0);
    if (fence === null) throw new Error('Nobody has it.');
    const waiting = Promise.withResolvers<unknown>();
    await beside.write.transaction().execute(async (transaction) => {
      await beside.dialect.lockAppends(transaction);
      write(store.under(fence)).then(waiting.resolve, waiting.resolve);
      await vi.waitFor(async () => expect(await database().run(WAITING)).toHaveLength(1), UNTIL);
      expect(await store.leases.take('SOURCE:ALPHA', 'two', 3_600_000)).toMatchObject({ token: 2 });
    });
    expect(await waiting.promise).toBeInstanceOf(LeaseLostError);
    expect(await logOf(store)).toEqual([]);
    expect(await store.scanState(ALPHA)).toMatchObject({ generation: 0, attemptedAt: null });
  });
});
