import { expect, test } from 'vitest';

import type { Instant } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import { type IngestBatch, MAX_BATCH, type Store } from '#store/store';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { learn, learnTogether } from './learn.ts';

const RECORDS = 2 * MAX_BATCH + 1;

test('takes a large page in batches, and saves the checkpoint with the last alone', async () => {
  await using bench = await Bench.create();
  const source = bench.source('FINX');
  const { id } = source.descriptor;
  const page = await found(source.fetchPage)(null, { pace: 'READ' });
  const sample = found(page.records[0]);
  const records = Array.from({ length: RECORDS }, (_, index) => ({
    ...sample,
    verification: { ...sample.verification, externalId: `record-${index}` },
  }));
  const sizes: number[] = [];
  let failAt = 3;
  const store: Store = {
    ...bench.store,
    ingest(batch) {
      sizes.push(recordsIn(batch));
      if (sizes.length === failAt) throw new Error('The process dies here.');
      return bench.store.ingest(batch);
    },
  };
  const { generation } = await store.beginScan(id);
  const lesson = {
    source,
    learntBy: 'POLL',
    readStartedAt: await store.now(),
    read: { records, unidentified: 0, incomplete: null },
    identitiesRead: [],
    scan: { generation, next: { at: 2 }, unidentified: 0, totalAtSource: null, incomplete: null },
  } as const;

  await expect(learn(store, lesson)).rejects.toThrow('dies');
  expect(await store.scanState(id)).toMatchObject({ running: true, checkpoint: null });

  failAt = 0;
  expect(await learn(store, lesson)).toMatchObject({ created: 1, unchanged: 2 * MAX_BATCH, changed: 0 });
  expect(sizes).toEqual([MAX_BATCH, MAX_BATCH, 1, MAX_BATCH, MAX_BATCH, 1]);
  expect(await store.scanState(id)).toMatchObject({ checkpoint: { at: 2 } });
  const changes = await readLog(store);
  expect(changes.filter((change) => 'verificationId' in change)).toHaveLength(RECORDS);
});

test('takes records that name many users in batches that move the answers of a thousand at most', async () => {
  await using bench = await Bench.create();
  const source = bench.source('ROCKETKOR');
  const page = await found(source.fetchPage)(null, { pace: 'READ' });
  const sample = found(page.records[0]);
  const { verification } = sample;
  if (verification.kind !== 'IDV_APPLICATION') throw new TypeError('RocketKOR gives applications.');
  const entity = found(verification.details.entities[0]);
  const records = Array.from({ length: 5 }, (_record, at) => ({
    ...sample,
    verification: {
      ...verification,
      externalId: `many-${at}`,
      externalUserId: 'many',
      details: {
        ...verification.details,
        entities: Array.from({ length: 400 }, (_entity, n) => ({ ...entity, accountId: `entity-${n}` })),
      },
    },
  }));
  const sizes: number[] = [];
  const store: Store = {
    ...bench.store,
    ingest(batch) {
      sizes.push(recordsIn(batch));
      return bench.store.ingest(batch);
    },
  };
  const read = { records, unidentified: 0, incomplete: null };
  const readStartedAt = await store.now();
  await learn(store, { source, learntBy: 'POLL', readStartedAt, read, identitiesRead: [], scan: null });
  expect(sizes).toEqual([2, 2, 1]);
  const [user] = await store.readUsersByIdentity(
    [{ source: source.descriptor.id, externalId: 'entity-399' }],
    SEES_ALL,
  );
  const { id } = found(user);
  const known = await store.readVerificationsOfUsers([id], SEES_ALL);
  expect(known.get(id)).toHaveLength(5);
});

test('takes small reads together in as few batches as hold them, each with its own time and whom it covers', async () => {
  await using bench = await Bench.create();
  const source = bench.source('UPVEST');
  const { read } = await bench.sync.live.fetchIdentity(source.descriptor.id, 'nobody');
  const sample = found(
    (await bench.sync.live.fetchIdentity(source.descriptor.id, bench.nameOf(bench.everywhere, 'UPVEST'))).read
      .records[0],
  );
  const batches: IngestBatch[] = [];
  const store: Store = {
    ...bench.store,
    ingest(batch) {
      batches.push(batch);
      return bench.store.ingest(batch);
    },
  };
  const many = (count: number, name: string) =>
    Array.from({ length: count }, (_, at) => ({
      ...sample,
      verification: { ...sample.verification, externalUserId: name, externalId: `${name}-${at}` },
    }));
  const sizes = [1, MAX_BATCH - 2, 0, 2, MAX_BATCH + 1, 0];
  const reads = sizes.map((size, at) => ({
    readStartedAt: `2026-01-01T00:00:0${at}.000000000Z` as Instant,
    read: { ...read, records: many(size, `user-${at}`) },
    identitiesRead: [`user-${at}`],
  }));
  const total = await learnTogether(store, { source, learntBy: 'POLL', scan: null, reads });
  expect(total).toMatchObject({ created: 2 * MAX_BATCH + 2 });
  expect(batches.map((batch) => batch.reads.map(({ records }) => records.length))).toEqual([
    [1, MAX_BATCH - 2, 0],
    [2],
    [MAX_BATCH],
    [1, 0],
  ]);
  const marks = batches.flatMap((batch) =>
    batch.reads.map(({ readStartedAt, identitiesRead }) => [readStartedAt.slice(17, 19), identitiesRead]),
  );
  expect(marks).toEqual([
    ['00', ['user-0']],
    ['01', ['user-1']],
    ['02', ['user-2']],
    ['03', ['user-3']],
    ['04', []],
    ['04', ['user-4']],
    ['05', ['user-5']],
  ]);
});

function recordsIn({ reads }: IngestBatch): number {
  return reads.reduce((sum, { records }) => sum + records.length, 0);
}
