import { beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL, SEES_NOTHING } from '#kyc/sight';
import type { UserFilter } from '#kyc/user-filter';
import type { Store } from '#store/store';

import { personalApplication, personalRecord } from './personal-records.ts';
import { ALPHA, aSource, at, idOf, take, userOf } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

const ADA = { fullName: 'Ada Lovelace', email: 'ada@example.test' };

/** Users are found by personal values that their records give, and nobody else is. */
export function searchBehaviours(open: OpenFresh): void {
  describe('a search by personal values', () => {
    const test = withStore(open);
    let store: Store;
    beforeEach(async () => {
      store = await test.fresh();
    });

    const page = { take: 10, direction: 'FORWARD', after: null, before: null } as const;
    async function found(filter: UserFilter, sight = SEES_ALL): Promise<readonly string[]> {
      const { rows } = await store.pageUsers({ filter, page }, sight);
      expect(await store.countUsers(filter, sight)).toBe(rows.length);
      return rows.flatMap(({ identities }) => identities.map(({ externalId }) => externalId)).toSorted();
    }

    it('finds exactly those of whom a record gives the value, however it is spelled', async () => {
      await take(store, [
        personalRecord(ADA, 'L01-X00 T47', { externalId: 'a', externalUserId: 'ada' }),
        personalRecord({ fullName: 'Ada Byron' }, null, { externalId: 'b', externalUserId: 'byron' }),
        personalRecord({ fullName: 'ADA LOVELACE' }, null, { externalId: 'c', externalUserId: 'other' }),
      ]);
      expect(await found({ email: ' ADA@example.test ' })).toEqual(['ada']);
      expect(await found({ documentNumber: 'l01x00t47' })).toEqual(['ada']);
      expect(await found({ fullName: 'ada  lovelace' })).toEqual(['ada', 'other']);
      expect(await found({ fullName: 'ada lovelace', email: 'ada@example.test' })).toEqual(['ada']);
      for (const nobody of ['ada', 'ada@example.tes', '%', ' ', ''])
        expect(await found({ email: nobody })).toEqual([]);
      expect(await found({ documentNumber: 'ada@example.test' })).toEqual([]);
    });

    it('finds nobody for who sees a part of the records alone', async () => {
      await take(store, [personalRecord(ADA)]);
      expect(await found({ email: ADA.email })).toHaveLength(1);
      const user = await userOf(store, 'user-1');
      for (const part of [{ sources: [ALPHA] }, { users: [user.id] }])
        expect(await found({ email: ADA.email }, { ...SEES_NOTHING, ...part })).toEqual([]);
    });

    it("finds an entity by its own data, and never the applicant by an entity's", async () => {
      const eve = { accountId: 'eve', person: { givenName: 'Eve', familyName: 'Ek' } };
      await take(store, [personalApplication({ legalName: 'Firm' }, [eve])]);
      expect(await found({ fullName: 'eve ek' })).toEqual(['eve']);
      expect(await found({ fullName: 'EK EVE' })).toEqual(['eve']);
      expect(await found({ fullName: 'firm' })).toEqual(['applicant']);
    });

    it('forgets what a later read does not say any more, and what was deleted at the source', async () => {
      const record = personalRecord(ADA);
      await take(store, [record]);
      await take(store, [personalRecord({ fullName: 'Ada King' }, null, { updatedAt: at(2) })]);
      expect(await found({ email: ADA.email })).toEqual([]);
      expect(await found({ fullName: 'ada king' })).toEqual(['user-1']);
      const verificationIds = [idOf(record)];
      await store.bury({ source: aSource(), verificationIds, learntBy: 'READ', readStartedAt: at(200) });
      expect(await found({ fullName: 'ada king' })).toEqual([]);
    });

    it('follows the person through links', async () => {
      await take(store, [personalRecord(ADA)]);
      const other = { source: ALPHA, externalId: 'user-2' };
      await store.linkIdentities([[{ source: ALPHA, externalId: 'user-1' }, other]], 'test');
      expect(await found({ email: ADA.email })).toEqual(['user-1', 'user-2']);
    });
  });
}
