import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { KnownVerification } from '#kyc/known-verification';
import { SEES_ALL } from '#kyc/sight';
import type { SourceReport } from '#kyc/source-report';
import { FinogatesSandbox } from '#sources/finogates/sandbox';
import { FinxSandbox } from '#sources/finx/sandbox';
import { RocketkorSandbox } from '#sources/rocketkor/sandbox';
import { UpvestSandbox } from '#sources/upvest/sandbox';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';

const ASKABLE = ['FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.create();
  await bench.learnAll();
});
afterEach(() => {
  for (const sandbox of bench.sandboxes) sandbox.fault = 'NONE';
});
afterAll(() => bench[Symbol.asyncDispose]());

const reportOf = (reports: readonly SourceReport[], id: string) =>
  found(reports.find(({ source }) => source === id));
const ofSource = (verifications: readonly KnownVerification[], id: string) =>
  verifications.filter(({ source }) => source === id);

describe('one request', () => {
  test('asks nobody for what is STORED', async () => {
    bench.forgetRequests();
    const loaders = bench.loaders();
    const user = await bench.user(bench.everywhere);
    const { reports, verifications } = await loaders.verificationsOfUser(user, 'STORED');
    expect(verifications.length).toBeGreaterThanOrEqual(5);
    expect(reports.map(({ state }) => state)).toEqual(Array(5).fill('COMPLETE'));
    expect(bench.allCalls()).toEqual([]);
  });

  test('asks nobody for a FRESH copy that is young enough', async () => {
    await using young = await Bench.create({
      settings: Object.fromEntries(ASKABLE.map((id) => [`${id}_MAX_AGE_S`, '600'])),
    });
    await young.learnAll();
    const { reports } = await young.loaders().answerOfUser(await young.user(young.everywhere), 'FRESH');
    expect(reports.map(({ state }) => state)).toEqual(Array(5).fill('COMPLETE'));
    expect(young.allCalls()).toEqual([]);
  });

  test('asks each source once for each identity, whatever asks and however often', async () => {
    bench.forgetRequests();
    const loaders = bench.loaders();
    const user = await bench.user(bench.everywhere);
    const same = found(await loaders.userByIdentity(found(user.identities[0]), 'LIVE'));
    await Promise.all([
      loaders.answerOfUser(user, 'LIVE'),
      loaders.answerOfUser(same, 'FRESH'),
      loaders.verificationsOfUser(user, 'FRESH'),
      loaders.verificationsOfUser(user, 'STORED'),
    ]);
    await loaders.verificationsOfUser(user, 'LIVE');
    for (const id of ASKABLE) expect(bench.calls(id), id).toHaveLength(1);
    expect(bench.calls('FINOGATES')).toEqual([]);
  });

  test('gives fields that want FRESH what one beside them asks for LIVE', async () => {
    await using young = await Bench.create({
      settings: Object.fromEntries(ASKABLE.map((id) => [`${id}_MAX_AGE_S`, '600'])),
    });
    await young.learnAll();
    const loaders = young.loaders();
    const user = await young.user(young.everywhere);
    const [fresh, live, stored] = await Promise.all([
      loaders.verificationsOfUser(user, 'FRESH'),
      loaders.verificationsOfUser(user, 'LIVE'),
      loaders.verificationsOfUser(user, 'STORED'),
    ]);
    expect(fresh).toMatchObject({
      reports: live.reports,
      verifications: live.verifications.map(({ id, via }) => ({ id, via })),
    });
    expect(stored.verifications.map(({ via }) => via)).not.toContain('LIVE');
    for (const id of ASKABLE) expect(young.calls(id), id).toHaveLength(1);
  });

  test('asks anew in the next request', async () => {
    bench.forgetRequests();
    const user = await bench.user(bench.everywhere);
    await bench.loaders().answerOfUser(user, 'LIVE');
    await bench.loaders().answerOfUser(user, 'LIVE');
    for (const id of ASKABLE) expect(bench.calls(id), id).toHaveLength(2);
  });
});

describe('LIVE', () => {
  test('answers what the source says now, and the store has it soon after', async () => {
    const upvest = bench.sandbox(UpvestSandbox);
    const user = await bench.user(bench.everywhere);
    const name = bench.nameOf(bench.everywhere, 'UPVEST');
    const check = found(upvest.records().find(({ user_id }) => user_id === name));
    const to = check.status === 'FAILED' ? 'PASSED' : 'FAILED';
    const logBefore = (await readLog(bench.store)).length;
    upvest.setStatus(check.id, to);

    const { verifications } = await bench.loaders().verificationsOfUser(user, 'LIVE');
    const live = found(verifications.find(({ externalId }) => externalId === check.id));
    expect(live).toMatchObject({ sourceStatus: to, via: 'LIVE', stale: false, userId: user.id });

    await until('the store has learnt it', async () => {
      const [stored] = await bench.store.readVerifications([live.id], SEES_ALL);
      return stored?.sourceStatus === to;
    });
    const changes = await readLog(bench.store);
    expect(changes.slice(logBefore)).toContainEqual(
      expect.objectContaining({
        verificationId: live.id,
        sourceStatus: to,
        learntBy: 'READ',
        effective: true,
      }),
    );
  });

  test('keeps personal fields that only a refresh gave through plain reads, and refreshes only when told to', async () => {
    const person = bench.everywhere;
    const user = await bench.user(person);
    bench.forgetRequests();
    await bench.actions.refreshUser(user);
    const refreshed = bench.calls('SUMVIN');
    await bench.loaders().answerOfUser(user, 'LIVE');
    expect([...refreshed, ...bench.calls('SUMVIN').slice(1)]).toEqual([
      'GET /v0/kyc/details?refresh=true',
      'GET /v0/kyc/details',
    ]);
    const { verifications } = await bench.loaders().verificationsOfUser(user, 'LIVE');
    const [record] = ofSource(verifications, 'SUMVIN');
    expect(record?.via).toBe('LIVE');
    expect(record?.openPersonal()).toMatchObject({ person: { dateOfBirth: person.dateOfBirth } });
    for (const id of ASKABLE.filter((one) => one !== 'SUMVIN')) {
      expect(
        bench.calls(id).filter((call) => call.includes('refresh')),
        id,
      ).toEqual([]);
    }
  });

  test('marks the copy of a record that the source does not give any more, and no other', async () => {
    await using own = await Bench.create();
    await own.learnAll();
    const rocketkor = own.sandbox(RocketkorSandbox);
    const person = own.everywhere;
    const account = own.nameOf(person, 'ROCKETKOR');
    const [first] = rocketkor.records().filter(({ accountId }) => accountId === account);
    const gone = found(first);
    rocketkor.remove(gone.id);
    const { verifications } = await own.loaders().verificationsOfUser(await own.user(person), 'LIVE');
    const stale = verifications.filter((known) => known.stale).map(({ externalId }) => externalId);
    expect(stale).toEqual([gone.id]);
  });

  test('leaves what can only be scanned to the store, COMPLETE while its scan is young', async () => {
    const user = await bench.user(bench.everywhere);
    bench.sandbox(FinogatesSandbox).fault = 'DOWN';
    const { reports, verifications } = await bench.loaders().verificationsOfUser(user, 'LIVE');
    expect(reportOf(reports, 'FINOGATES')).toMatchObject({ state: 'COMPLETE', error: null });
    expect(ofSource(verifications, 'FINOGATES').map(({ via, stale }) => [via, stale])).toContainEqual([
      'STORE',
      false,
    ]);
    expect(bench.calls('FINOGATES')).toEqual([]);
  });
});

describe('a source that lists', () => {
  test('counts a complete scan as a read of everybody in it', async () => {
    await using own = await Bench.create({ settings: { FINX_MAX_AGE_S: '600' } });
    await own.learnAll();
    const finx = own.sandbox(FinxSandbox);
    finx.fault = 'DOWN';
    const user = await own.user(own.everywhere);
    const { reports } = await own.loaders().verificationsOfUser(user, 'FRESH');
    expect(reportOf(reports, 'FINX')).toMatchObject({ state: 'COMPLETE', error: null });
    expect(own.calls('FINX')).toEqual([]);
  });
});
