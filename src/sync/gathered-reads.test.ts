import { expect, test } from 'vitest';

import { sourceId } from '#kyc/source-id';
import { StoreUnavailableError } from '#store/database';
import type { IngestBatch, Store } from '#store/store';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { GatheredReads } from './gathered-reads.ts';
import { createPollWorker } from './poll-worker.ts';

const UPVEST = sourceId('UPVEST');

/** A store whose `ingest` does as it is told before it takes anything in. */
function storeThat(bench: Bench, before: (batch: IngestBatch) => Promise<void> | void): Store {
  return {
    ...bench.store,
    async ingest(batch) {
      await before(batch);
      return await bench.store.ingest(batch);
    },
  };
}

function gatheredInto(store: Store, bench: Bench): GatheredReads {
  return new GatheredReads(store, { source: bench.source('UPVEST'), learntBy: 'POLL', scan: null });
}

async function readsOf(bench: Bench, names: readonly string[]) {
  const readStartedAt = await bench.store.now();
  const read = { records: [], unidentified: 0, incomplete: null };
  return names.map((name) => ({ readStartedAt, read, identitiesRead: [name] }));
}

function namesIn({ reads }: IngestBatch): readonly string[] {
  return reads.flatMap(({ identitiesRead }) => identitiesRead);
}

async function unread(bench: Bench): Promise<{ known: number; neverRead: number }> {
  const now = await bench.store.now();
  return await bench.store.pollState(UPVEST, { openBefore: now, finalBefore: now });
}

test('what comes while one is written goes into the next transaction, all of it', async () => {
  await using bench = await Bench.create();
  const gate = Promise.withResolvers<void>();
  const batches: (readonly string[])[] = [];
  const store = storeThat(bench, async (batch) => {
    batches.push(namesIn(batch));
    await gate.promise;
  });
  const gathered = gatheredInto(store, bench);
  for (const read of await readsOf(bench, ['a', 'b', 'c', 'd'])) gathered.add(read);
  expect(batches).toEqual([['a']]);
  gate.resolve();
  await gathered.settled();
  expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
  expect(await unread(bench)).toMatchObject({ known: 4, neverRead: 0 });
});

test('a read that the store does not take keeps none of its neighbours out, and is told', async () => {
  await using bench = await Bench.create();
  const store = storeThat(bench, (batch) => {
    if (namesIn(batch).includes('poison')) throw new Error('This the store does not take.');
  });
  const gathered = gatheredInto(store, bench);
  const names = ['a', 'b', 'c', 'poison', 'd', 'e', 'f', 'g'];
  for (const read of await readsOf(bench, names)) gathered.add(read);
  await expect(gathered.settled()).rejects.toThrow('does not take');
  expect(gathered.isGivenUp).toBe(false);
  expect(await unread(bench)).toMatchObject({ known: 7, neverRead: 0 });
});

test.each([
  { of: 'a store that is away is left alone at once', error: new StoreUnavailableError('away'), most: 1 },
  { of: 'a store that takes nothing is left alone soon', error: new Error('A fault.'), most: 20 },
])('$of', async ({ error, most }) => {
  await using bench = await Bench.create();
  let asked = 0;
  const store = storeThat(bench, () => {
    asked += 1;
    throw error;
  });
  const gathered = gatheredInto(store, bench);
  const names = Array.from({ length: 100 }, (_, index) => `user ${index}`);
  for (const read of await readsOf(bench, names)) gathered.add(read);
  await expect(gathered.settled()).rejects.toBe(error);
  expect(gathered.isGivenUp).toBe(true);
  expect(asked).toBeLessThanOrEqual(most);
});

test('a poll that is stopped keeps what it had read, and reads nobody twice afterwards', async () => {
  await using bench = await Bench.create({ people: 40 });
  const names = bench.people
    .filter(({ sources }) => sources.includes(UPVEST))
    .map((person) => bench.nameOf(person, 'UPVEST'));
  await bench.store.addIdentities(names.map((externalId) => ({ source: UPVEST, externalId })));
  const gate = Promise.withResolvers<void>();
  let taken = 0;
  const store = storeThat(bench, async (batch) => {
    await gate.promise;
    taken += namesIn(batch).length;
  });
  // Nobody's answer comes after the stop: the source holds its last call back until the caller gives up.
  const source = bench.source('UPVEST');
  let answered = 0;
  const holding = {
    ...source,
    async fetchByUser(...args: Parameters<NonNullable<typeof source.fetchByUser>>) {
      if (answered >= 10) return await heldUntilAborted(found(args[1].signal));
      answered += 1;
      return await found(source.fetchByUser)(...args);
    },
  };
  const first = createPollWorker(store, holding, bench.logged.log);
  first.start();
  await until('ten are read', () => bench.calls('UPVEST').length === 10);
  const stopping = first.stop();
  gate.resolve();
  await stopping;
  const { neverRead } = await unread(bench);
  expect(names.length - neverRead).toBe(taken);
  expect(taken).toBeGreaterThan(0);

  const second = createPollWorker(bench.store, source, bench.logged.log);
  second.start();
  await until('all are read', async () => (await unread(bench)).neverRead === 0);
  await second.stop();
  expect(bench.calls('UPVEST')).toHaveLength(10 + neverRead);
});

function heldUntilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
