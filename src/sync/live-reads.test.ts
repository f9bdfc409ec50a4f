import { expect, test } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { Store } from '#store/store';

import { Bench, LogLines } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { LiveReads } from './live-reads.ts';

const UPVEST = sourceId('UPVEST');

function readsOn(bench: Bench, store: Store) {
  const logged = new LogLines();
  const live = new LiveReads(store, new Map([[UPVEST, bench.source('UPVEST')]]), logged.log);
  return { live, logged, name: bench.nameOf(bench.everywhere, 'UPVEST') };
}

test('what was read is in the store before the reads are closed', async () => {
  await using bench = await Bench.create();
  const gate = Promise.withResolvers<void>();
  const { live, name } = readsOn(bench, {
    ...bench.store,
    async ingest(batch) {
      await gate.promise;
      return bench.store.ingest(batch);
    },
  });
  const { read } = await live.fetchIdentity(UPVEST, name);
  expect((await bench.store.countOfSource(UPVEST)).records).toBe(0);
  const closing = live.close();
  gate.resolve();
  await closing;
  expect((await bench.store.countOfSource(UPVEST)).records).toBe(read.records.length);
});

test('closing does not wait for a source that does not answer', async () => {
  await using bench = await Bench.create({ settings: { UPVEST_TIMEOUT_MS: '600000' } });
  const { live, name } = readsOn(bench, bench.store);
  for (const sandbox of bench.sandboxes) sandbox.fault = 'SLOW';
  const read = live.fetchIdentity(UPVEST, name);
  const failure = expect(read).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: 'The gateway is closing.',
  });
  await until('the source is asked', () => bench.calls('UPVEST').length === 1);
  await live.close();
  await failure;
});

test('a read that cannot be stored is logged without a word of it, and answers all the same', async () => {
  await using bench = await Bench.create();
  const { live, logged, name } = readsOn(bench, {
    ...bench.store,
    ingest: () => Promise.reject(new Error(`No room for ${bench.everywhere.documentNumber}.`)),
  });
  const { read, learnt } = await live.fetchIdentity(UPVEST, name);
  await learnt;
  expect(read.records.length).toBeGreaterThan(0);
  expect(logged.lines.join('')).toContain('A live read could not be stored.');
  expect(logged.lines.join('')).not.toContain(bench.everywhere.documentNumber);
  expect(logged.lines.join('')).not.toContain(name);
});

test('an empty answer about a known user is a read of that user; about a stranger it is nothing', async () => {
  await using bench = await Bench.create();
  const { live } = readsOn(bench, bench.store);
  const [known, stranger] = [
    '00000000-0000-4000-a000-000000000001',
    '00000000-0000-4000-a000-000000000002',
  ].map((externalId) => ({ source: UPVEST, externalId }));
  if (known === undefined || stranger === undefined) throw new Error('There are two.');
  await bench.store.addIdentities([known]);
  for (const { externalId } of [known, stranger]) await (await live.fetchIdentity(UPVEST, externalId)).learnt;
  const users = await bench.store.readUsersByIdentity([known, stranger], SEES_ALL);
  expect(users[0]?.identities[0]?.lastReadAt).toBeTruthy();
  expect(users[1]).toBeNull();
});
