import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { incomplete } from '#kyc/source-report';
import { SumvinSandbox } from '#sources/sumvin/sandbox';
import { UpvestSandbox } from '#sources/upvest/sandbox';
import { StoreUnavailableError } from '#store/database';
import { SealBrokenError } from '#store/sealing';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { fetchIdentity } from './fetch-identity.ts';
import { createPollWorker } from './poll-worker.ts';

const UPVEST = sourceId('UPVEST');
const SUMVIN = sourceId('SUMVIN');

/** How many identities of a source were never read whole. */
async function neverRead(bench: Bench, id: typeof UPVEST): Promise<number> {
  const now = await bench.store.now();
  return (await bench.store.pollState(id, { openBefore: now, finalBefore: now })).neverRead;
}

function linkAt(bench: Bench, id: typeof UPVEST) {
  const known = bench.people.filter(({ sources }) => sources.includes(id));
  return bench.store.addIdentities(
    known.map((person) => ({ source: id, externalId: bench.nameOf(person, id) })),
  );
}

test('reads every known user of a source that cannot be listed, each once', async () => {
  await using bench = await Bench.create({ people: 12 });
  const identities = await linkAt(bench, UPVEST);
  const worker = createPollWorker(bench.store, bench.source('UPVEST'), bench.logged.log);
  worker.start();
  await until('all are read', async () => (await neverRead(bench, UPVEST)) === 0);
  await worker.stop();
  expect(bench.calls('UPVEST').toSorted()).toEqual(
    identities.map(({ externalId }) => `GET /users/${externalId}/checks`).toSorted(),
  );
  expect(await bench.store.countOfSource(UPVEST)).toMatchObject({
    records: bench.sandbox(UpvestSandbox).records().length,
  });
});

test('learns a status that moved by itself', async () => {
  await using bench = await Bench.create({ settings: { UPVEST_POLL_S: '1', UPVEST_POLL_FINAL_S: '1' } });
  await linkAt(bench, UPVEST);
  const worker = createPollWorker(bench.store, bench.source('UPVEST'), bench.logged.log);
  worker.start();
  await until('all are read', async () => (await neverRead(bench, UPVEST)) === 0);
  const check = found(
    bench
      .sandbox(UpvestSandbox)
      .records()
      .find(({ status }) => status === 'PASSED'),
  );
  bench.sandbox(UpvestSandbox).setStatus(check.id, 'FAILED');
  const change = await until('it is learnt', async () => {
    const changes = await readLog(bench.store);
    return changes.find((one) => 'verificationId' in one && one.from === 'APPROVED') ?? null;
  });
  await worker.stop();
  expect(change).toMatchObject({ to: 'REJECTED', sourceStatus: 'FAILED', learntBy: 'POLL', effective: true });
});

describe('credentials', () => {
  test('come from the settings and from the store; one that is refused stops nobody else', async () => {
    await using first = await Bench.create({ people: 12 });
    const file = join(first.folder, 'pats.jsonl');
    const people = first.people.filter(({ sources }) => sources.includes(SUMVIN));
    const [connected, refused, ...listed] = people.map((person) => ({
      person,
      externalId: first.nameOf(person, 'SUMVIN'),
      owner: found(first.sandbox(SumvinSandbox).credentialOf(person)),
    }));
    const lines = [
      ...listed.map(({ externalId, owner }) => ({ externalId, pat: owner.credential, tenant: owner.tenant })),
      { externalId: found(refused).externalId, pat: 'pat_that_nobody_has' },
    ];
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));

    await using bench = await Bench.create({ people: 12, settings: { SUMVIN_PATS_FILE: file } });
    await bench.store.connectIdentity({
      identity: { source: SUMVIN, externalId: found(connected).externalId },
      credential: found(connected).owner,
      owner: null,
      userId: null,
      by: 'test',
    });
    await bench.sync.start();
    await until('all but one are read', async () => {
      const known = (await bench.store.pollState(SUMVIN, await now(bench))).known;
      return known === people.length && (await neverRead(bench, SUMVIN)) === 1;
    });
    await bench.sync.stop();
    expect(bench.calls('SUMVIN')).toHaveLength(people.length);
    expect(await bench.store.scanState(SUMVIN)).toMatchObject({ failure: null });
    const user = await bench.store.readUsersByIdentity(
      [{ source: SUMVIN, externalId: found(refused).externalId }],
      SEES_ALL,
    );
    expect(user[0]?.identities[0]).toMatchObject({ lastReadAt: null });
    for (const { pat } of lines) expect(bench.logged.lines.join('')).not.toContain(pat);
  });

  test('that are not held, or do not open, are a refusal that says what to do, and no call', async () => {
    await using bench = await Bench.create();
    const source = bench.source('SUMVIN');
    const broken = {
      ...bench.store,
      openCredential: () =>
        Promise.reject(new SealBrokenError('A sealed value was sealed with another key.')),
    };
    await expect(fetchIdentity(bench.store, source, 'owner', { pace: 'READ' })).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringContaining('No credential'),
    });
    await expect(fetchIdentity(broken, source, 'owner', { pace: 'READ' })).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringContaining('connect it again'),
    });
    expect(bench.allCalls()).toEqual([]);
  });
});

describe('an outage', () => {
  test('is noted, slows the asking down, and rests nobody beyond its end', async () => {
    await using bench = await Bench.create({ people: 12, settings: { UPVEST_TIMEOUT_MS: '950' } });
    const identities = await linkAt(bench, UPVEST);
    const upvest = bench.sandbox(UpvestSandbox);
    upvest.fault = 'UNAVAILABLE';
    const worker = createPollWorker(bench.store, bench.source('UPVEST'), bench.logged.log);
    worker.start();
    const failure = await until('it is noted', async () => (await bench.store.scanState(UPVEST)).failure);
    expect(failure).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(await until('it waits', () => worker.nextAtMs)).toBeGreaterThan(Date.now());
    expect(bench.calls('UPVEST').length).toBeLessThanOrEqual(8);
    upvest.fault = 'NONE';
    await until('all are read', async () => (await neverRead(bench, UPVEST)) === 0);
    await until('it is over', async () => (await bench.store.scanState(UPVEST)).failure === null);
    await worker.stop();
    expect(bench.calls('UPVEST').length).toBeLessThanOrEqual(8 + identities.length);
  });

  test('is also an answer that nobody can read, for each one alike', async () => {
    await using bench = await Bench.create({ people: 12 });
    const identities = await linkAt(bench, UPVEST);
    bench.sandbox(UpvestSandbox).fault = 'WRONG';
    const worker = createPollWorker(bench.store, bench.source('UPVEST'), bench.logged.log);
    worker.start();
    const failure = await until('it is noted', async () => (await bench.store.scanState(UPVEST)).failure);
    await worker.stop();
    expect(failure).toMatchObject({ code: 'SOURCE_BAD_PAYLOAD' });
    expect(bench.calls('UPVEST')).toHaveLength(identities.length);
  });
});

test('what came incomplete is kept, and its user stays due', async () => {
  await using bench = await Bench.create();
  const identities = await linkAt(bench, UPVEST);
  const source = bench.source('UPVEST');
  const lacking = {
    ...source,
    async fetchByUser(...args: Parameters<NonNullable<typeof source.fetchByUser>>) {
      const read = await found(source.fetchByUser)(...args);
      return { ...read, incomplete: incomplete('Fewer rows came than the source counts.') };
    },
  };
  const worker = createPollWorker(bench.store, lacking, bench.logged.log);
  worker.start();
  await until(
    'it is noted',
    async () => (await bench.store.scanState(UPVEST)).failure?.code === 'SOURCE_INCOMPLETE',
  );
  await worker.stop();
  expect(await neverRead(bench, UPVEST)).toBe(identities.length);
  expect((await bench.store.countOfSource(UPVEST)).records).toBeGreaterThan(0);
});

test('a store that fails ends the look, and the next one goes on', async () => {
  await using bench = await Bench.create({ people: 12 });
  await linkAt(bench, UPVEST);
  let failures = 2;
  const store = {
    ...bench.store,
    async ingest(batch: Parameters<typeof bench.store.ingest>[0]) {
      if (failures-- > 0) throw new Error('The disk is full.');
      return await bench.store.ingest(batch);
    },
  };
  const worker = createPollWorker(store, bench.source('UPVEST'), bench.logged.log);
  worker.start();
  await until('all are read', async () => (await neverRead(bench, UPVEST)) === 0);
  await worker.stop();
});

test('a store that is away ends the look at once, so that nobody is asked for nothing', async () => {
  await using bench = await Bench.create({ people: 150 });
  const identities = await linkAt(bench, UPVEST);
  const store = { ...bench.store, ingest: () => Promise.reject(new StoreUnavailableError('away')) };
  const worker = createPollWorker(store, bench.source('UPVEST'), bench.logged.log);
  worker.start();
  await until('it is told', () =>
    bench.logged.lines.some((line) => line.includes('A background task failed')),
  );
  await worker.stop();
  expect(bench.calls('UPVEST').length).toBeLessThan(identities.length / 2);
});

async function now(bench: Bench) {
  const at = await bench.store.now();
  return { openBefore: at, finalBefore: at };
}
