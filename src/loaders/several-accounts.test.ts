import { describe, expect, test } from 'vitest';

import { SEES_ALL, SEES_NOTHING } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { SourceReport } from '#kyc/source-report';
import { RocketkorSandbox } from '#sources/rocketkor/sandbox';
import { SumvinSandbox } from '#sources/sumvin/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';

const reportOf = (reports: readonly SourceReport[], id: string) =>
  found(reports.find(({ source }) => source === id));

describe('a user with two names at one source', () => {
  /** Two people of the simulator who are one person here; the first one's credential is connected. */
  async function withTwoNames() {
    const own = await Bench.create();
    const sumvin = own.sandbox(SumvinSandbox);
    const [one, other] = own.people
      .filter(({ sources }) => sources.includes(sumvin.source))
      .map((person) => ({
        person,
        ref: { source: sumvin.source, externalId: own.nameOf(person, 'SUMVIN') },
      }));
    const [first, second] = [found(one), found(other)];
    await own.store.linkIdentities([[first.ref, second.ref]], 'test');
    const connect = ({ person, ref }: typeof first) =>
      own.actions.connectIdentity({
        identity: ref,
        ...found(sumvin.credentialOf(person)),
        userId: null,
        by: 'test',
      });
    await connect(first);
    own.forgetRequests();
    const readUser = async () => found((await own.store.readUsersByIdentity([first.ref], SEES_ALL))[0]);
    return { own, sumvin, first, second, connect, readUser };
  }

  test('is one report: PARTIAL when one name has no credential, and the records of the other stand', async () => {
    const { own, first, readUser } = await withTwoNames();
    await using _closed = own;
    const { reports, verifications } = await own.loaders().verificationsOfUser(await readUser(), 'LIVE');
    expect(reportOf(reports, 'SUMVIN')).toMatchObject({
      state: 'PARTIAL',
      error: { code: 'SOURCE_REFUSED', message: 'No credential is connected for this identity.' },
    });
    expect(verifications.map(({ externalId, via }) => [externalId, via])).toEqual([
      [first.ref.externalId, 'LIVE'],
    ]);
    expect(own.calls('SUMVIN')).toHaveLength(1);
  });

  test('is UNAVAILABLE while neither has one, and nobody is asked', async () => {
    await using own = await Bench.create();
    const refs = ['nobody-1', 'nobody-2'].map((externalId) => ({ source: sourceId('SUMVIN'), externalId }));
    await own.store.linkIdentities([refs], 'test');
    const user = found((await own.store.readUsersByIdentity(refs, SEES_ALL))[0]);
    const { reports } = await own.loaders().verificationsOfUser(user, 'FRESH');
    expect(reportOf(reports, 'SUMVIN')).toMatchObject({
      state: 'UNAVAILABLE',
      error: { code: 'SOURCE_REFUSED' },
    });
    expect(own.allCalls()).toEqual([]);
  });

  test('keeps the live record of one name when the other fails: STALE', async () => {
    const { own, sumvin, first, second, connect, readUser } = await withTwoNames();
    await using _closed = own;
    await connect(second);
    sumvin.revoke(second.person);
    const { reports, verifications } = await own.loaders().verificationsOfUser(await readUser(), 'LIVE');
    expect(reportOf(reports, 'SUMVIN')).toMatchObject({ state: 'STALE', error: { code: 'SOURCE_REFUSED' } });
    expect(new Map(verifications.map(({ externalId, via, stale }) => [externalId, { via, stale }]))).toEqual(
      new Map([
        [first.ref.externalId, { via: 'LIVE', stale: false }],
        [second.ref.externalId, { via: 'STORE', stale: true }],
      ]),
    );
    const refreshed = await own.actions.refreshUser(await readUser());
    expect(reportOf(refreshed, 'SUMVIN')).toMatchObject({
      state: 'STALE',
      error: { code: 'SOURCE_REFUSED' },
    });
    expect(reportOf(refreshed, 'SUMVIN').asOf).not.toBeNull();
    expect(reportOf(refreshed, 'FINX')).toMatchObject({ state: 'NOT_APPLICABLE', error: null });
  });
});

describe("other people's applications", () => {
  async function withEntity() {
    const own = await Bench.create();
    const rocketkor = own.sandbox(RocketkorSandbox);
    const [owner, entity] = own.people.filter(({ sources }) => sources.includes(rocketkor.source));
    const accounts = [found(owner), found(entity)].map((person) => own.nameOf(person, 'ROCKETKOR'));
    const application = found(rocketkor.records().find(({ accountId }) => accountId === accounts[0]));
    const template = found(rocketkor.records().flatMap(({ entities }) => entities)[0]);
    const named = { ...template, accountId: found(accounts[1]), status: 'PROCESSING', outcome: null };
    rocketkor.replace({ ...application, entities: [named] });
    await own.learnAll();
    return { own, rocketkor, application, named, entity: found(entity), accounts };
  }

  test('are asked for by their own account, once, and come in as they are now', async () => {
    const { own, rocketkor, application, named, entity, accounts } = await withEntity();
    await using _closed = own;
    rocketkor.replace({
      ...application,
      updatedAt: '2027-01-01T00:00:00Z',
      entities: [{ ...named, status: 'PENDING_REVIEW' }],
    });
    const user = await own.user(entity);
    const { verifications, reports } = await own.loaders().verificationsOfUser(user, 'LIVE');
    const known = found(verifications.find(({ externalId }) => externalId === application.id));
    expect(known).toMatchObject({ via: 'LIVE', stale: false });
    expect(known.userId).not.toBe(user.id);
    expect(known.userId).not.toBeNull();
    expect(known.kind === 'IDV_APPLICATION' && known.details.entities[0]?.status).toBe('IN_REVIEW');
    expect(reportOf(reports, 'ROCKETKOR').state).toBe('COMPLETE');
    expect(own.calls('ROCKETKOR')).toHaveLength(2);
    for (const account of accounts)
      expect(own.calls('ROCKETKOR').filter((call) => call.includes(`accountId=${account}`))).toHaveLength(1);
  });

  test('no longer count for an account that was taken out of them', async () => {
    const { own, rocketkor, application, entity } = await withEntity();
    await using _closed = own;
    rocketkor.replace({ ...application, updatedAt: '2027-01-01T00:00:00Z', entities: [] });
    const { verifications } = await own.loaders().verificationsOfUser(await own.user(entity), 'LIVE');
    expect(verifications.map(({ externalId }) => externalId)).not.toContain(application.id);
  });

  test('are given from the store, marked, to a caller who may not have strangers asked about', async () => {
    const { own, application, entity, accounts } = await withEntity();
    await using _closed = own;
    const user = await own.user(entity);
    const loaders = own.loaders({ ...SEES_NOTHING, users: [user.id] });
    const seen = found(await loaders.user(user.id));
    const { verifications, reports } = await loaders.verificationsOfUser(seen, 'LIVE');
    expect(verifications.find(({ externalId }) => externalId === application.id)).toMatchObject({
      stale: true,
    });
    expect(reportOf(reports, 'ROCKETKOR')).toMatchObject({
      state: 'STALE',
      error: { code: 'SOURCE_INCOMPLETE' },
    });
    expect(own.calls('ROCKETKOR').filter((call) => call.includes(found(accounts[0])))).toEqual([]);
  });

  test('are given so one by one too, and to who sees the source their own account is asked for', async () => {
    const { own, application, entity, accounts } = await withEntity();
    await using _closed = own;
    const user = await own.user(entity);
    const ref = { source: sourceId('ROCKETKOR'), externalId: application.id, externalUserId: null };
    const ofUser = own.loaders({ ...SEES_NOTHING, users: [user.id] });
    const { id } = found(await ofUser.verificationByExternalId(ref, 'STORED'));
    for (const freshness of ['LIVE', 'FRESH'] as const) {
      const loaders = own.loaders({ ...SEES_NOTHING, users: [user.id] });
      expect(await loaders.verificationByExternalId(ref, freshness)).toMatchObject({ via: 'STORE' });
      expect(await loaders.verification(id, freshness)).toMatchObject({ via: 'STORE' });
    }
    expect(await ofUser.verification(id, 'LIVE')).toMatchObject({ stale: true });
    expect(own.allCalls()).toEqual([]);
    const ofSource = own.loaders({ ...SEES_NOTHING, sources: [ref.source] });
    expect(await ofSource.verification(id, 'LIVE')).toMatchObject({ via: 'LIVE', stale: false });
    expect(own.calls('ROCKETKOR')).toEqual([expect.stringContaining(`accountId=${accounts[0]}`)]);
  });
});
