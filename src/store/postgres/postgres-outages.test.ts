import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { aRecord, aSource, logOf, take } from '#store/behaviours/records';
import { StoreUnavailableError } from '#store/database';
import { type CuttableProxy, createCuttableProxy } from '#store/testing/cuttable-proxy';
import { postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { expectWholeLog, manyRecords, UNTIL, withPostgres } from '#store/testing/with-postgres';

describe.skipIf(postgresServer === null)('a store on PostgreSQL', () => {
  const { open, openDatabase, database } = withPostgres();

  describe('whose server goes away', () => {
    let way: CuttableProxy;
    beforeEach(async () => {
      way = await createCuttableProxy(database().url);
    });
    afterEach(async () => await way.cut());

    it('says so, in every call, and works again when it is back', async () => {
      const store = await open(way.url);
      await take(store, [aRecord()]);
      await way.cut();
      for (const call of [
        () => store.now(),
        () => store.countUsers({}, SEES_ALL),
        () => store.readUsers(['u'], SEES_ALL),
        () => store.scanState(aSource().id),
        () => take(store, [aRecord({ externalId: 'record-2' })]),
      ]) {
        await expect(call()).rejects.toBeInstanceOf(StoreUnavailableError);
      }
      expect(await store.isReady()).toBe(false);
      await way.restore();
      await vi.waitFor(async () => expect(await store.isReady()).toBe(true), UNTIL);
      await take(store, [aRecord({ externalId: 'record-2' })]);
      expect(await store.countVerifications({}, SEES_ALL)).toBe(2);
    });

    it('in the middle of a transaction keeps nothing of it, and no lock', async () => {
      const far = await openDatabase(way.url);
      const near = await open();
      const lost = far.write.transaction().execute(async (transaction) => {
        await far.dialect.lockAppends(transaction);
        await transaction.insertInto('meta').values({ key: 'half', value: '' }).execute();
        await way.cut();
        await far.now(transaction);
      });
      await expect(lost).rejects.toBeInstanceOf(StoreUnavailableError);
      await take(near, [aRecord()]);
      expect(await database().run("select 1 from meta where key = 'half'")).toEqual([]);
    });

    it('while a batch waits for its turn takes it in once, when it comes again', async () => {
      const [far, near] = [await open(way.url), await openDatabase()];
      const waiting = Promise.withResolvers<unknown>();
      await near.write.transaction().execute(async (transaction) => {
        await near.dialect.lockAppends(transaction);
        take(far, manyRecords('a')).then(waiting.resolve, waiting.resolve);
        await vi.waitFor(async () => expect(await waitingForLocks(database())).toBe(1), UNTIL);
        await way.cut();
        expect(await waiting.promise).toBeInstanceOf(StoreUnavailableError);
      });
      await way.restore();
      await vi.waitFor(async () => expect(await far.isReady()).toBe(true), UNTIL);
      await take(far, manyRecords('a'));
      const log = await logOf(far);
      expectWholeLog(log);
      expect(log.filter((row) => 'verificationId' in row)).toHaveLength(200);
    });

    it('hears again what others append', async () => {
      const [far, near] = [await open(way.url), await open()];
      const heard = vi.fn<() => void>();
      far.onAppend(heard);
      await way.cut();
      await way.restore();
      let next = 0;
      await vi.waitFor(async () => {
        heard.mockClear();
        next += 1;
        await take(near, [aRecord({ externalId: `record-${next}` })]);
        await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 300, interval: 10 });
      }, UNTIL);
    });
  });

  it('outlives the end of its connections by the server, in use or not', async () => {
    const store = await openDatabase();
    const inUse = store.write.transaction().execute(async (transaction) => {
      await store.dialect.lockAppends(transaction);
      await endConnections(database());
      await store.now(transaction);
    });
    await expect(inUse).rejects.toBeInstanceOf(StoreUnavailableError);
    await vi.waitFor(() => store.now(), UNTIL);
    await store.write.insertInto('meta').values({ key: 'after', value: '' }).execute();
    expect(await store.read.selectFrom('meta').select('key').execute()).toEqual([{ key: 'after' }]);
  });
});

async function waitingForLocks(test: TestDatabase): Promise<number> {
  const waiting = await test.run(
    "select 1 from pg_locks join pg_database d on d.oid = database where locktype = 'advisory' and not granted and datname = current_database()",
  );
  return waiting.length;
}

async function endConnections(test: TestDatabase): Promise<void> {
  await test.run(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
}
