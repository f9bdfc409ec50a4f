import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { SEES_ALL, SEES_NOTHING } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { UpvestSandbox } from '#sources/upvest/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';

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

describe('an identity that nobody has seen', () => {
  test.each(['FINX', 'ROCKETKOR', 'UPVEST'])(
    'is asked for once, and makes no user when %s has no records of it',
    async (source) => {
      await using own = await Bench.create();
      const ref = { source: sourceId(source), externalId: '11111111-1111-4111-a111-111111111111' };
      const loaders = own.loaders();
      const answers = await Promise.all([1, 2].map(() => loaders.userByIdentity(ref, 'FRESH')));
      expect(answers).toEqual([null, null]);
      expect(own.allCalls()).toEqual(own.calls(source));
      expect(own.calls(source)).toHaveLength(1);
      // All that was read is in the store once its reads have ended.
      await own.sync.live.close();
      expect(await own.store.countUsers({}, SEES_ALL)).toBe(0);
    },
  );

  test('becomes a user when the source has records of it', async () => {
    await using own = await Bench.create();
    const ref = { source: sourceId('UPVEST'), externalId: own.nameOf(own.everywhere, 'UPVEST') };
    expect(await own.loaders().userByIdentity(ref, 'STORED')).toBeNull();
    const user = found(await own.loaders().userByIdentity(ref, 'FRESH'));
    expect(user.identities).toMatchObject([ref]);
    expect(user.answer.contributorIds).toHaveLength(1);
    expect(own.calls('UPVEST')).toHaveLength(1);
  });

  test('is nobody, and asks nobody, where a source cannot be asked by user', async () => {
    for (const source of ['FINOGATES', 'SUMVIN']) {
      const ref = { source: sourceId(source), externalId: 'never seen' };
      expect(await bench.loaders().userByIdentity(ref, 'LIVE')).toBeNull();
    }
    expect(bench.allCalls()).toEqual([]);
  });

  test('is an error, not null, while the source cannot say', async () => {
    bench.sandbox(UpvestSandbox).fault = 'LIMITED';
    const ref = { source: sourceId('UPVEST'), externalId: 'never seen' };
    const settled = bench.loaders().userByIdentity(ref, 'FRESH');
    await expect(settled).rejects.toMatchObject({
      name: 'SourceUnansweredError',
      failure: { code: 'SOURCE_RATE_LIMITED', retryAfterMs: 1000 },
    });
  });
});

describe('a caller who sees one user', () => {
  test('sees nothing of others, and makes no source be asked about them', async () => {
    const [own, other] = bench.people.filter(({ sources }) => sources.length > 1);
    const user = await bench.user(found(own));
    const stranger = await bench.user(found(other));
    const theirs = await bench.loaders().verificationsOfUser(stranger, 'STORED');
    bench.forgetRequests();
    const loaders = bench.loaders({ ...SEES_NOTHING, users: [user.id] });

    expect(await loaders.user(user.id)).toMatchObject({ id: user.id });
    expect(await loaders.user(stranger.id)).toBeNull();
    for (const identity of [...stranger.identities, { source: sourceId('FINX'), externalId: 'never seen' }]) {
      expect(await loaders.userByIdentity(identity, 'LIVE')).toBeNull();
    }
    for (const { id, userId, ...record } of theirs.verifications) {
      if (userId === user.id) continue;
      expect(await loaders.verification(id, 'LIVE')).toBeNull();
      expect(await loaders.verificationByExternalId(record, 'LIVE')).toBeNull();
    }
    expect((await loaders.verificationsOfUser(stranger, 'STORED')).verifications).toEqual([]);
    expect(bench.allCalls()).toEqual([]);
  });

  test('has their own sources asked alone', async () => {
    const user = await bench.user(bench.everywhere);
    bench.forgetRequests();
    await bench.loaders({ ...SEES_NOTHING, users: [user.id] }).answerOfUser(user, 'LIVE');
    expect(bench.calls('FINX')).toEqual([expect.stringContaining(bench.nameOf(bench.everywhere, 'FINX'))]);
    expect(bench.calls('UPVEST')).toEqual([
      expect.stringContaining(bench.nameOf(bench.everywhere, 'UPVEST')),
    ]);
    expect(bench.calls('ROCKETKOR')).toEqual([
      expect.stringContaining(bench.nameOf(bench.everywhere, 'ROCKETKOR')),
    ]);
  });
});

test('a caller who sees some sources has no other one asked, and hears of no other', async () => {
  const user = await bench.user(bench.everywhere);
  const loaders = bench.loaders({ ...SEES_NOTHING, sources: [sourceId('FINX')] });
  const { reports, verifications } = await loaders.verificationsOfUser(user, 'LIVE');
  expect(reports.map(({ source }) => source)).toEqual(['FINX']);
  expect(new Set(verifications.map(({ source }) => source))).toEqual(new Set(['FINX']));
  expect((await loaders.reportsOfLists()).map(({ source }) => source)).toEqual(['FINX']);
  expect((await loaders.sourceInfos()).map(({ source }) => source)).toEqual(['FINX']);
  expect(bench.allCalls()).toEqual(bench.calls('FINX'));
});
