import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { verificationId } from '#kyc/id';
import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { FinogatesSandbox } from '#sources/finogates/sandbox';
import { FinxSandbox } from '#sources/finx/sandbox';
import { RocketkorSandbox } from '#sources/rocketkor/sandbox';
import { SumvinSandbox } from '#sources/sumvin/sandbox';
import { UpvestSandbox } from '#sources/upvest/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { SourceUnansweredError } from './source-failure.ts';

let bench: Bench;
beforeAll(async () => {
  // Shorter than the Retry-After of the simulators: they are not tried again.
  bench = await Bench.create({ settings: { UPVEST_TIMEOUT_MS: '900' } });
  await bench.learnAll();
});
afterEach(() => {
  for (const sandbox of bench.sandboxes) sandbox.fault = 'NONE';
  bench.forgetRequests();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** The stored records of the person who is everywhere, at one source. */
async function recordsOf(id: string) {
  const { verifications } = await bench
    .loaders()
    .verificationsOfUser(await bench.user(bench.everywhere), 'STORED');
  return verifications.filter(({ source, userId }) => source === id && userId !== null);
}
const firstOf = async (id: string) => found((await recordsOf(id))[0]);

describe('one record, LIVE,', () => {
  test.each([
    ['FINX', (id: string) => [`GET /v1/kyc/${id}`]],
    ['UPVEST', (id: string, owner: string) => [`GET /users/${owner}/checks/${id}`]],
    ['SUMVIN', () => ['GET /v0/kyc/details']],
    ['FINOGATES', () => []],
  ])('is read at %s by the way that it offers, once', async (source, callsFor) => {
    const record = await firstOf(source);
    bench.forgetRequests();
    const loaders = bench.loaders();
    const [known, again] = await Promise.all([
      loaders.verification(record.id, 'LIVE'),
      loaders.verificationByExternalId({ ...record, source: sourceId(source) }, 'LIVE'),
    ]);
    const via = source === 'FINOGATES' ? 'STORE' : 'LIVE';
    expect(known).toMatchObject({
      id: record.id,
      status: record.status,
      via,
      stale: false,
      userId: record.userId,
    });
    expect(again).toMatchObject({ id: record.id, via });
    expect(bench.allCalls()).toEqual(callsFor(record.externalId, record.externalUserId ?? ''));
  });

  test('is read at RocketKOR by its account, together with the other reads of that user', async () => {
    const record = await firstOf('ROCKETKOR');
    const user = await bench.user(bench.everywhere);
    bench.forgetRequests();
    const loaders = bench.loaders();
    const [known] = await Promise.all([
      loaders.verification(record.id, 'LIVE'),
      loaders.verificationsOfUser(user, 'LIVE'),
    ]);
    expect(known).toMatchObject({ id: record.id, via: 'LIVE', stale: false });
    const calls = bench
      .calls('ROCKETKOR')
      .filter((call) => call.includes(`accountId=${record.externalUserId}`));
    expect(calls).toHaveLength(1);
  });

  test.each(['FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'])(
    'is the copy, marked stale, while %s is down',
    async (source) => {
      const record = await firstOf(source);
      found(bench.sandboxes.find((sandbox) => sandbox.source === source)).fault = 'DOWN';
      expect(await bench.loaders().verification(record.id, 'LIVE')).toMatchObject({
        id: record.id,
        stale: true,
        via: 'STORE',
      });
      expect(await bench.loaders().verification(record.id, 'STORED')).toMatchObject({ stale: false });
    },
  );

  test('is the copy, marked stale, when FRESH has waited as long as it may', async () => {
    const record = await firstOf('FINX');
    bench.sandbox(FinxSandbox).fault = 'SLOW';
    const known = await bench.loaders(SEES_ALL, 5).verification(record.id, 'FRESH');
    expect(known).toMatchObject({ stale: true, via: 'STORE' });
    // Else it comes in while the next test counts its own.
    await until('the source is asked', () => bench.calls('FINX').length > 0);
  });
});

describe('a record that nobody has seen', () => {
  test('comes in from the source, and is there for the next request', async () => {
    const finx = bench.sandbox(FinxSandbox);
    finx.add({ ...found(finx.records()[0]), id: 'neverSeen0000001', customer_id: 'neverSeenEither1' });
    const id = verificationId('KYC_RECORD', sourceId('FINX'), 'neverSeen0000001');
    expect(await bench.loaders().verification(id, 'STORED')).toBeNull();
    expect(bench.allCalls()).toEqual([]);
    const known = found(await bench.loaders().verification(id, 'FRESH'));
    expect(known).toMatchObject({ id, externalUserId: 'neverSeenEither1' });
    expect(known.userId).not.toBeNull();
    expect(await bench.loaders().verification(id, 'STORED')).toMatchObject({ id });
    expect(bench.calls('FINX')).toHaveLength(1);
  });

  test('is an error, not null, while the source cannot say', async () => {
    bench.sandbox(FinxSandbox).fault = 'WRONG';
    const id = verificationId('KYC_RECORD', sourceId('FINX'), 'neverSeen0000002');
    const failure: unknown = await bench
      .loaders()
      .verification(id, 'FRESH')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SourceUnansweredError);
    expect(failure).toMatchObject({ failure: { code: 'SOURCE_BAD_PAYLOAD' } });
  });

  test.each(['ROCKETKOR', 'UPVEST', 'SUMVIN', 'FINOGATES'])(
    'makes no call at %s, which cannot be asked for it',
    async (source) => {
      const { kind } = bench.source(source).descriptor;
      const id = verificationId(kind, sourceId(source), '00000000-0000-4000-a000-000000000000');
      expect(await bench.loaders().verification(id, 'LIVE')).toBeNull();
      expect(bench.allCalls()).toEqual([]);
    },
  );
});

test('rubbish, and ids of another kind, are null and make no call', async () => {
  const loaders = bench.loaders();
  const ids = [
    '',
    'rubbish',
    'é'.repeat(10_000),
    'A'.repeat(10_000),
    Buffer.from('User:').toString('base64url'),
    Buffer.from('KycRecord:NOWHERE:1').toString('base64url'),
    verificationId('CHECK', sourceId('FINX'), 'neverSeen0000001'),
    (await bench.user(bench.everywhere)).id,
  ];
  for (const id of ids) {
    expect(await loaders.verification(id, 'LIVE'), id.slice(0, 20)).toBeNull();
    if (id !== ids.at(-1)) expect(await loaders.user(id), id.slice(0, 20)).toBeNull();
  }
  expect(bench.allCalls()).toEqual([]);
});

describe('a record that is gone at the source', () => {
  async function expectTombstone(own: Bench, id: string) {
    const gone = found(await own.loaders().verification(id, 'LIVE'));
    expect(gone).toMatchObject({
      id,
      status: 'CANCELLED',
      reason: 'DELETED_UPSTREAM',
      deleted: true,
      stale: false,
    });
    expect(JSON.stringify(gone.openPersonal())).not.toMatch(/"[^"]+":"/);
    const [stored] = await own.store.readVerifications([id], SEES_ALL);
    expect(stored).toMatchObject({ deleted: true });
  }

  test('comes out as deleted upstream, its personal data gone (Fin X)', async () => {
    await using own = await Bench.create();
    await own.learnAll();
    const finx = own.sandbox(FinxSandbox);
    const row = found(finx.records()[0]);
    finx.remove(row.id);
    await expectTombstone(own, verificationId('KYC_RECORD', finx.source, row.id));
  });

  test('comes out as deleted upstream, its personal data gone (Upvest)', async () => {
    await using own = await Bench.create();
    await own.learnAll();
    const upvest = own.sandbox(UpvestSandbox);
    const check = found(upvest.records()[0]);
    upvest.remove(check.id);
    await expectTombstone(own, verificationId('CHECK', upvest.source, check.id));
  });

  test('is not taken for deleted where only its user could be asked: the copy stands, stale', async () => {
    await using own = await Bench.create();
    await own.learnAll();
    const rocketkor = own.sandbox(RocketkorSandbox);
    const sumvin = own.sandbox(SumvinSandbox);
    const application = found(rocketkor.records()[0]);
    rocketkor.remove(application.id);
    sumvin.remove(own.everywhere);
    for (const id of [
      verificationId('IDV_APPLICATION', rocketkor.source, application.id),
      verificationId('KYC_RECORD', sumvin.source, own.nameOf(own.everywhere, 'SUMVIN')),
    ]) {
      expect(await own.loaders().verification(id, 'LIVE')).toMatchObject({ deleted: false, stale: true });
    }
  });
});

test('a scanned record is stale once its scans are too old', async () => {
  await using own = await Bench.create({ settings: { FINOGATES_SCAN_S: '0' } });
  await own.learnAll();
  const row = found(own.sandbox(FinogatesSandbox).records()[0]);
  const id = verificationId('KYC_RECORD', sourceId('FINOGATES'), String(row['id']));
  // Never scanned again (0): any copy is older than twice that.
  await expect.poll(async () => (await own.loaders().verification(id, 'FRESH'))?.stale).toBe(true);
  expect(await own.loaders().verification(id, 'STORED')).toMatchObject({ stale: false });
});
