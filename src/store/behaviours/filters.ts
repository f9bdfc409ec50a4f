import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Instant } from '#kyc/instant';
import type { Page } from '#kyc/page';
import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import type { VerificationFilter, VerificationOrder } from '#kyc/verification-filter';
import type { Store } from '#store/store';

import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, application, at, beta, gamma, kycRecord, takeInRecords } from './sample-records.ts';

const ORDER: VerificationOrder = { by: 'createdAt', direction: 'ASC' };
const FIRST = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
const NOON = '2026-07-01T12:00:00.000000000Z' as Instant;

/** What a filter means and a sight shows, where the ugly cases are. */
export function filterBehaviours(open: OpenFresh): void {
  describe('filters and sight', () => {
    let test: ReopenableStore;
    let store: Store;

    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    const list = async (filter: VerificationFilter, sight: Sight = SEES_ALL) => {
      const page = await store.pageVerifications({ filter, order: ORDER, page: FIRST }, sight);
      expect(await store.countVerifications(filter, sight)).toBe(page.rows.length);
      return page.rows.map((row) => row.externalId);
    };
    const userOf = async (source: typeof alpha, externalId: string) => {
      const [user] = await store.readUsersByIdentity([at(source, externalId)], SEES_ALL);
      return user?.id ?? '';
    };

    it('match nothing by an empty list, and nothing by text that no store can hold', async () => {
      await takeInRecords(store, [
        kycRecord({ externalId: 'r', sourceStatus: '\uFFFD', externalUserId: 'p' }),
      ]);
      expect(await list({})).toEqual(['r']);
      for (const filter of [
        { sources: [] },
        { externalIds: [] },
        { externalIds: ['r\u0000'] },
        { sourceStatuses: ['\uD800'] },
        { userId: 'p\u0000' },
      ])
        expect(await list(filter)).toEqual([]);
      expect(await list({}, SEES_NOTHING)).toEqual([]);
    });

    it('never match a null by a range, even one that is open on both sides', async () => {
      await takeInRecords(store, [
        kycRecord({ externalId: 'null' }),
        kycRecord({ externalId: 'noon', createdAt: NOON, decidedAt: NOON }),
      ]);
      for (const time of ['createdAt', 'decidedAt'] as const)
        expect(await list({ times: { [time]: [{ from: null, before: null }] } })).toEqual(['noon']);
      expect(await list({ times: { createdAt: [{ from: NOON, before: null }] } })).toEqual(['noon']);
      expect(await list({ times: { createdAt: [{ from: null, before: NOON }] } })).toEqual([]);
      expect(await list({ times: { createdAt: [] } })).toEqual(['noon', 'null']);
    });

    it('take lists longer than any number of parameters', async () => {
      await takeInRecords(store, [kycRecord({ externalId: 'r', externalUserId: 'p' })]);
      const many = Array.from({ length: 70_000 }, (_, n) => `x${n}`);
      expect(await list({ externalIds: [...many, 'r'] })).toEqual(['r']);
      expect(await list({}, { ...SEES_NOTHING, users: [...many, await userOf(alpha, 'p')] })).toEqual(['r']);
      expect(await store.readUsers([...many, await userOf(alpha, 'p')], SEES_ALL)).toHaveLength(70_001);
    });

    it('find by a user the records of all identities, as owner and as entity, and by an alias too', async () => {
      await takeInRecords(store, [kycRecord({ externalId: 'own', externalUserId: 'p' })]);
      await takeInRecords(store, [
        application({ source: beta, externalId: 'entity', externalUserId: 'firm' }, ['q']),
        application({ source: beta, externalId: 'other', externalUserId: 'firm' }, ['someone']),
      ]);
      const before = [await userOf(alpha, 'p'), await userOf(beta, 'q')];
      await store.linkIdentities([[at(alpha, 'p'), at(beta, 'q')]], 'tester');
      for (const userId of before) {
        expect((await list({ userId })).toSorted()).toEqual(['entity', 'own']);
        const found = await store.readVerificationsOfUsers([userId], SEES_ALL);
        expect(
          found
            .get(userId)
            ?.map((known) => known.externalId)
            .toSorted(),
        ).toEqual(['entity', 'own']);
      }
    });

    it('show an application to the user of an entity, not the other records of its owner', async () => {
      const [applicationId = '', secretId = ''] = await takeInRecords(store, [
        application({ externalId: 'shared', externalUserId: 'firm' }, ['p']),
        application({ externalId: 'secret', externalUserId: 'firm' }, []),
      ]);
      const sight: Sight = { ...SEES_NOTHING, users: [await userOf(alpha, 'p')] };
      expect(await list({}, sight)).toEqual(['shared']);
      const [shared, secret] = await store.readVerifications([applicationId, secretId], sight);
      expect([shared?.externalId, secret]).toEqual(['shared', null]);
      const firm = await userOf(alpha, 'firm');
      expect(await list({ userId: firm }, sight)).toEqual([]);
      expect(await store.readUsers([firm], sight)).toEqual([null]);
      expect(await store.readUsersByIdentity([at(alpha, 'firm')], sight)).toEqual([null]);
      expect((await store.readVerificationsOfUsers([firm], sight)).get(firm)).toEqual([]);
    });

    it('leave out what stands at a source out of sight: records, identities, and finding by them', async () => {
      await takeInRecords(store, [kycRecord({ externalId: 'a', externalUserId: 'p' })]);
      await takeInRecords(store, [kycRecord({ source: beta, externalId: 'b', externalUserId: 'q' })]);
      await store.linkIdentities([[at(alpha, 'p'), at(beta, 'q')]], 'tester');
      const userId = await userOf(alpha, 'p');
      const sight: Sight = { ...SEES_NOTHING, sources: [beta] };
      expect(await list({ userId }, sight)).toEqual(['b']);
      expect((await store.readVerificationsOfUsers([userId], sight)).get(userId)).toHaveLength(1);
      const [user] = await store.readUsers([userId], sight);
      expect(user?.identities.map((identity) => identity.source)).toEqual([beta]);
      expect(await store.readUsersByIdentity([at(alpha, 'p')], sight)).toEqual([null]);
      const find = (externalId: string) => store.countUsers({ externalId }, sight);
      expect([await find('p'), await find('q')]).toEqual([0, 1]);
      expect(await store.countUsers({ sources: [alpha] }, sight)).toBe(0);
    });

    it('find users by their answer and by their identities', async () => {
      await takeInRecords(store, [
        kycRecord({ externalId: '1', externalUserId: 'p', status: 'APPROVED', reason: 'PASSED' }),
        kycRecord({ externalId: '2', externalUserId: 'q', status: 'REJECTED', reason: 'DECLINED' }),
      ]);
      await takeInRecords(store, [kycRecord({ source: beta, externalId: '3', externalUserId: 'p' })]);
      const find = async (filter: Parameters<Store['countUsers']>[0]) => {
        const page: Page<unknown> = await store.pageUsers({ filter, page: FIRST }, SEES_ALL);
        expect(await store.countUsers(filter, SEES_ALL)).toBe(page.rows.length);
        return page.rows.length;
      };
      expect(await find({})).toBe(3);
      expect(await find({ statuses: ['APPROVED', 'PENDING'] })).toBe(2);
      expect(await find({ statuses: [] })).toBe(0);
      expect(await find({ nextActions: ['CONTACT_SUPPORT'] })).toBe(1);
      expect(await find({ externalId: 'p' })).toBe(2);
      expect(await find({ externalId: 'p', sources: [alpha] })).toBe(1);
      expect(await find({ sources: [gamma] })).toBe(0);
      expect(await find({ conflicting: true })).toBe(0);
      expect(await find({ conflicting: false, sources: [beta] })).toBe(1);
    });

    it('list identities by source, then external id, in byte order', async () => {
      const refs = [at(beta, 'a'), at(alpha, 'b'), at(alpha, 'Z'), at(alpha, 'é')];
      const [linked] = await store.linkIdentities([refs], 'tester');
      const [user] = await store.readUsers([linked?.userId ?? ''], SEES_ALL);
      const names = user?.identities.map(({ source, externalId }) => `${source} ${externalId}`);
      expect(names).toEqual(['ALPHA Z', 'ALPHA b', 'ALPHA é', 'BETA a']);
    });

    it('count of a source what is held, what is faulty, and the oldest open copy', async () => {
      expect(await store.countOfSource(alpha)).toEqual({ records: 0, faulty: 0, oldestOpenObservedAt: null });
      const [first = ''] = await takeInRecords(store, [
        kycRecord({ externalId: 'open', faults: [{ path: 'a', expected: 'text' }] }),
        kycRecord({ externalId: 'final', status: 'APPROVED' }),
      ]);
      await takeInRecords(store, [kycRecord({ externalId: 'later' })]);
      const [oldest] = await store.readVerifications([first], SEES_ALL);
      const counts = { records: 3, faulty: 1, oldestOpenObservedAt: oldest?.observedAt };
      expect(await store.countOfSource(alpha)).toEqual(counts);
      expect((await store.countOfSource(beta)).records).toBe(0);
    });
  });
}
