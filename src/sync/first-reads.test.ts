import { describe, expect, test } from 'vitest';

import { sourceId } from '#kyc/source-id';
import { SumvinSandbox } from '#sources/sumvin/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { createPollWorker } from './poll-worker.ts';

const UPVEST = sourceId('UPVEST');
const SUMVIN = sourceId('SUMVIN');
/** Fewer calls than one in the time of any test. */
const AS_GOOD_AS_NEVER = '0.001';

async function addUpvest(bench: Bench, count: number): Promise<readonly string[]> {
  const names = bench.people
    .filter(({ sources }) => sources.includes(UPVEST))
    .map((person) => bench.nameOf(person, 'UPVEST'))
    .slice(0, count);
  await bench.store.addIdentities(names.map((externalId) => ({ source: UPVEST, externalId })));
  return names;
}

async function neverRead(bench: Bench, source: typeof UPVEST): Promise<number> {
  const now = await bench.store.now();
  return (await bench.store.pollState(source, { openBefore: now, finalBefore: now })).neverRead;
}

describe('the first reading of many users', () => {
  test('holds to the rate, and reads that somebody waits for pass it', async () => {
    await using bench = await Bench.create({
      people: 40,
      settings: { UPVEST_RATE_PER_S: AS_GOOD_AS_NEVER },
    });
    const names = await addUpvest(bench, 20);
    const worker = createPollWorker(bench.store, bench.source('UPVEST'), bench.logged.log);
    worker.start();
    await until('the first background call is made', () => bench.calls('UPVEST').length === 1);
    const wanted = names.slice(-5);
    const answers = await Promise.all(wanted.map((name) => bench.sync.live.fetchIdentity(UPVEST, name)));
    expect(answers.every(({ read }) => read.records.length > 0)).toBe(true);
    const [first, ...others] = bench.calls('UPVEST');
    expect(first).toMatch(/^GET \/users\/[^/]+\/checks$/);
    expect(others.toSorted()).toEqual(wanted.map((name) => `GET /users/${name}/checks`).toSorted());
    await worker.stop();
  });

  test('is told in the log: its begin, and its end when nobody is left', async () => {
    // The end is told by the look after the one that reads the last.
    await using bench = await Bench.create({ people: 150, settings: { UPVEST_POLL_S: '4' } });
    const names = await addUpvest(bench, 60);
    expect(names).toHaveLength(60);
    const worker = createPollWorker(bench.store, bench.source('UPVEST'), bench.logged.log);
    worker.start();
    const told = () =>
      bench.logged.lines
        .map((line) => JSON.parse(line) as { msg: string; count: number; total?: number })
        .filter(({ msg }) => msg.startsWith('The first reading'))
        .map(({ msg, count, total }) => ({ msg, count, total }));
    await until('the end is told', () => told().length === 2);
    await worker.stop();
    expect(told()).toEqual([
      { msg: 'The first reading of users begins.', count: 0, total: 60 },
      { msg: 'The first reading of users is complete.', count: 60, total: undefined },
    ]);
  });
});

test('owners without a credential are passed over, so that they keep nobody else from being read', async () => {
  await using bench = await Bench.create({ people: 40 });
  const nobodies = Array.from({ length: 100 }, (_, index) => ({ source: SUMVIN, externalId: `!${index}` }));
  await bench.store.addIdentities(nobodies);
  const person = found(bench.people.find(({ sources }) => sources.includes(SUMVIN)));
  const owner = found(bench.sandbox(SumvinSandbox).credentialOf(person));
  const externalId = bench.nameOf(person, 'SUMVIN');
  await bench.store.connectIdentity({
    identity: { source: SUMVIN, externalId },
    credential: owner,
    owner: null,
    userId: null,
    by: 'test',
  });
  const worker = createPollWorker(bench.store, bench.source('SUMVIN'), bench.logged.log);
  worker.start();
  await until('the owner is read', async () => (await neverRead(bench, SUMVIN)) === nobodies.length);
  await worker.stop();
  expect(bench.calls('SUMVIN')).toHaveLength(1);
});
