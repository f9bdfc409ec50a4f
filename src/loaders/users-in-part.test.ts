import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { RocketkorSandbox } from '#sources/rocketkor/sandbox';
import type { SandboxApplication } from '#sources/rocketkor/sandbox-applications';

import { Bench, found } from '../../test/harness/bench.ts';

const FINX = sourceId('FINX');
const UPVEST = sourceId('UPVEST');
const ROCKETKOR = sourceId('ROCKETKOR');
const OF_FINX: Sight = { ...SEES_NOTHING, sources: [FINX] };
const OF_MINE: Sight = { ...SEES_NOTHING, businessAccounts: ['mine'] };

/** One person's account with an application of our business account and one of another's. */
async function withTwoBusinesses(bench: Bench) {
  const rocketkor = bench.sandbox(RocketkorSandbox);
  const account = bench.nameOf(bench.everywhere, 'ROCKETKOR');
  const [template] = rocketkor.records().filter(({ accountId }) => accountId === account);
  const mine = { ...found(template), businessAccountId: 'mine', entities: [] };
  const theirs = { ...mine, id: '22222222-2222-4222-a222-222222222222', businessAccountId: 'theirs' };
  rocketkor.replace(mine);
  rocketkor.add(theirs);
  await bench.learnAll();
  return { rocketkor, mine, theirs, ref: { source: ROCKETKOR, externalId: account } };
}

let bench: Bench;
let business: Awaited<ReturnType<typeof withTwoBusinesses>>;
beforeAll(async () => {
  bench = await Bench.create();
  business = await withTwoBusinesses(bench);
});
beforeEach(() => bench.forgetRequests());
afterAll(() => bench[Symbol.asyncDispose]());

/** The person who is known everywhere, as a caller sees them. */
const asSeenBy = async (sight: Sight) => {
  const { id } = await bench.user(bench.everywhere);
  return found((await bench.store.readUsers([id], sight))[0]);
};

describe('a user seen by one source', () => {
  test('is answered for by what that source says alone, stored and live', async () => {
    const user = await asSeenBy(OF_FINX);
    expect(user.identities.map(({ source }) => source)).toEqual([FINX]);
    for (const freshness of ['STORED', 'LIVE'] as const) {
      const { answer, verifications, reports } = await bench.loaders(OF_FINX).answerOfUser(user, freshness);
      expect(reports.map(({ source }) => source)).toEqual([FINX]);
      expect(new Set(verifications.map(({ source }) => source))).toEqual(new Set([FINX]));
      const ids = verifications.map(({ id }) => id);
      expect(answer.contributorIds.length).toBeGreaterThan(0);
      expect(ids).toEqual(expect.arrayContaining([...answer.contributorIds]));
    }
    const whole = await bench.loaders().answerOfUser(await asSeenBy(SEES_ALL), 'STORED');
    expect(new Set(whole.verifications.map(({ source }) => source)).size).toBe(5);
    expect(new Set(bench.allCalls())).toEqual(new Set(bench.calls('FINX')));
  });

  test('is answered for by it alone, though the loaders be given the whole user', async () => {
    const { verifications } = await bench
      .loaders(OF_FINX)
      .verificationsOfUser(await asSeenBy(SEES_ALL), 'LIVE');
    expect(new Set(verifications.map(({ source }) => source))).toEqual(new Set([FINX]));
    const nothing = await bench.loaders(SEES_NOTHING).answerOfUser(await asSeenBy(SEES_ALL), 'LIVE');
    expect(nothing).toMatchObject({ verifications: [], reports: [], answer: { status: 'NOT_STARTED' } });
    expect(new Set(bench.allCalls())).toEqual(new Set(bench.calls('FINX')));
  });

  test('may be new: the source is asked about strangers, another one is not', async () => {
    const loaders = bench.loaders(OF_FINX);
    expect(await loaders.userByIdentity({ source: FINX, externalId: 'never-seen' }, 'FRESH')).toBeNull();
    expect(bench.allCalls()).toEqual([expect.stringContaining('never-seen')]);
    expect(await loaders.userByIdentity({ source: UPVEST, externalId: 'never-seen' }, 'FRESH')).toBeNull();
    const ref = { source: UPVEST, externalId: 'never-seen', externalUserId: 'never-seen' };
    expect(await loaders.verificationByExternalId(ref, 'LIVE')).toBeNull();
    expect(bench.calls('UPVEST')).toEqual([]);
  });
});

describe('a user seen by a business account', () => {
  test('is given with the account alone, and of its applications those of that business', async () => {
    const user = await asSeenBy(OF_MINE);
    expect(user.identities).toMatchObject([business.ref]);
    for (const freshness of ['STORED', 'LIVE'] as const) {
      const loaders = bench.loaders(OF_MINE);
      const { verifications, reports, answer } = await loaders.answerOfUser(user, freshness);
      expect(verifications.map(({ externalId }) => externalId)).toEqual([business.mine.id]);
      expect(answer.contributorIds).toEqual(verifications.map(({ id }) => id));
      expect(reports.map(({ source }) => source)).toEqual([ROCKETKOR]);
    }
    // The live read brought both.
    expect(bench.allCalls()).toEqual([expect.stringContaining(business.ref.externalId)]);
  });

  test('is told nothing more of an application that the source has just given to another', async () => {
    await using own = await Bench.create();
    const { rocketkor, mine, ref } = await withTwoBusinesses(own);
    const [user] = await own.store.readUsersByIdentity([ref], OF_MINE);
    const [known] = await own
      .loaders(OF_MINE)
      .verificationsOfUser(found(user), 'STORED')
      .then((read) => read.verifications);
    const moved: SandboxApplication = {
      ...mine,
      businessAccountId: 'theirs',
      updatedAt: '2027-01-01T00:00:00Z',
    };
    rocketkor.replace(moved);
    const [one, part] = await Promise.all([
      own.loaders(OF_MINE).verification(found(known).id, 'LIVE'),
      own.loaders(OF_MINE).verificationsOfUser(found(user), 'LIVE'),
    ]);
    expect([one, part.verifications]).toEqual([null, []]);
    await own.sync.live.close();
    expect(await own.store.readUsersByIdentity([ref], OF_MINE)).toEqual([null]);
  });

  test('hears of the sources of applications alone', async () => {
    const reports = await bench.loaders(OF_MINE).reportsOfLists();
    expect(reports.map(({ source }) => source)).toEqual([ROCKETKOR]);
  });
});

test('a user who is granted is seen whole, at every source, until it is revoked', async () => {
  const user = await bench.user(bench.everywhere);
  const grant = { partner: 'acme', kind: 'USER', value: user.id } as const;
  const sight: Sight = { ...SEES_NOTHING, partner: 'acme' };
  await bench.store.grants.grant([grant], 'test');
  const loaders = bench.loaders(sight);
  expect(await loaders.user(user.id)).toEqual(user);
  const { reports, verifications } = await loaders.verificationsOfUser(user, 'LIVE');
  expect(reports).toHaveLength(5);
  expect(new Set(verifications.map(({ source }) => source)).size).toBe(5);
  await bench.store.grants.revoke(grant);
  expect(await bench.loaders(sight).user(user.id)).toBeNull();
});
