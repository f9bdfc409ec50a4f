import { beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { Store } from '#store/store';

import { personalApplication, personalRecord } from './personal-records.ts';
import { ALPHA, APPROVED, aSource, at, idOf, knownOf, logOf, scanWhole, take, userOf } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

const ADA = { fullName: 'Ada Lovelace', email: 'ada@example.test' };
const BETA = sourceId('BETA');

/** Nothing personal of an erased user is kept, or comes back; all else stays. */
export function erasureBehaviours(open: OpenFresh): void {
  describe('an erased user', () => {
    const test = withStore(open);
    let store: Store;
    beforeEach(async () => {
      store = await test.fresh();
    });

    const erase = async (externalId = 'user-1') =>
      await store.erasures.eraseUser((await userOf(store, externalId)).id);
    /** All that could be read of a record, in one text. */
    async function toldOf(record: Parameters<typeof knownOf>[1]): Promise<string> {
      const known = await knownOf(store, record);
      return JSON.stringify([known, known.openPersonal(), await store.readRaw(known.id, SEES_ALL)]);
    }
    const findable = async () => await store.countUsers({ email: ADA.email }, SEES_ALL);

    it('leaves ids, statuses, answer and log as they were, and nothing personal', async () => {
      const record = personalRecord(ADA, 'L01X00T47', { ...APPROVED, decidedAt: at(1) });
      const other = personalRecord(ADA, 'K2', { externalId: 'other', externalUserId: 'user-2' });
      await take(store, [record, other]);
      const before = { user: await userOf(store, 'user-1'), log: await logOf(store) };
      expect(await toldOf(record)).toMatch(/Lovelace.*L01X00T47/);

      const erased = await erase();
      expect(erased?.userId).toBe(before.user.id);
      expect({ user: await userOf(store, 'user-1'), log: await logOf(store) }).toEqual(before);
      expect(await toldOf(record)).not.toMatch(/Lovelace|ada@|L01X00T47|blurred/);
      expect(await store.readRaw(idOf(record), SEES_ALL)).toBeNull();
      expect(await toldOf(other)).toMatch(/Lovelace.*K2/);
      expect(await findable()).toBe(1);
    });

    it('is nobody for an id of nobody, and is found by an alias', async () => {
      expect(await store.erasures.eraseUser('nobody')).toBeNull();
      await take(store, [
        personalRecord(ADA),
        personalRecord({}, null, { externalId: 'b', externalUserId: 'b' }),
      ]);
      const [keep, gone] = [await userOf(store, 'b'), await userOf(store, 'user-1')];
      await store.mergeUsers(keep.id, gone.id, 'test');
      expect((await store.erasures.eraseUser(gone.id))?.userId).toBe(keep.id);
      expect(await findable()).toBe(0);
    });

    it('tells how many records there are of each source, and what the source still has', async () => {
      const own = personalRecord(ADA);
      await take(store, [own, personalRecord(ADA, null, { externalId: 'gone' })]);
      await take(store, [personalApplication({}, [{ accountId: 'user-1', person: ADA }])]);
      await store.bury({
        source: aSource(),
        verificationIds: [idOf(personalRecord({}, null, { externalId: 'gone' }))],
        learntBy: 'READ',
        readStartedAt: at(200),
      });
      await store.linkIdentities(
        [
          [
            { source: ALPHA, externalId: 'user-1' },
            { source: BETA, externalId: 'beta-1' },
          ],
        ],
        'test',
      );
      const erased = await erase();
      expect(erased?.sources).toEqual([
        { source: ALPHA, records: 3, ownAtSource: 1, othersAtSource: 1 },
        { source: BETA, records: 0, ownAtSource: 0, othersAtSource: 0 },
      ]);
      expect(await erase()).toEqual(erased);
    });

    it.each(['POLL', 'READ', 'WEBHOOK'] as const)(
      'stays without personal values whatever a %s says later, and its statuses go on',
      async (learntBy) => {
        const record = personalRecord(ADA, 'L01X00T47');
        await take(store, [record]);
        await erase();
        const again = personalRecord(ADA, 'L01X00T47', { ...APPROVED, updatedAt: at(2), decidedAt: at(2) });
        const fresh = personalRecord(ADA, null, { externalId: 'fresh' });
        await take(store, [again, fresh], { learntBy, readStartedAt: at(300) });
        expect(await knownOf(store, again)).toMatchObject({ status: 'APPROVED', documentExpiresOn: null });
        for (const one of [again, fresh]) expect(await toldOf(one)).not.toMatch(/Lovelace|ada@|L01X00T47/);
        expect(await findable()).toBe(0);
        const known = { created: 0, changed: 0, late: 0, unchanged: 2 };
        expect(await take(store, [again, fresh], { learntBy, readStartedAt: at(301) })).toEqual(known);
      },
    );

    it('stays without them when its record was gone and is seen anew by a scan', async () => {
      const record = personalRecord(ADA);
      await take(store, [record]);
      await erase();
      const verificationIds = [idOf(record)];
      await store.bury({ source: aSource(), verificationIds, learntBy: 'READ', readStartedAt: at(200) });
      await scanWhole(store, [personalRecord(ADA, 'P1', { updatedAt: at(3) })], { second: 300 });
      expect((await knownOf(store, record)).deleted).toBe(false);
      expect(await toldOf(record)).not.toMatch(/Lovelace|ada@|P1/);
      expect(await findable()).toBe(0);
    });

    it('stays without them at a source whose copies keep what a later read leaves out', async () => {
      const source = aSource({ keepsPersonal: true });
      await take(store, [personalRecord(ADA, 'P1')], { source });
      await erase();
      const bare = personalRecord({}, null, { updatedAt: at(2) });
      await take(store, [bare], { source, readStartedAt: at(300) });
      expect(await toldOf(bare)).not.toMatch(/Lovelace|ada@|P1/);
    });

    it("takes what is theirs out of another's application, and leaves the rest", async () => {
      const max = { accountId: 'max', person: { givenName: 'Max' } };
      const application = personalApplication({ legalName: 'Firm Ltd' }, [
        { accountId: 'eve', person: { givenName: 'Eve', familyName: 'Ek' } },
        max,
      ]);
      await take(store, [application]);
      await erase('eve');
      expect(await toldOf(application)).toMatch(/Firm Ltd.*Max/);
      expect(await toldOf(application)).not.toMatch(/Eve|Ek/);
      expect(await store.readRaw(idOf(application), SEES_ALL)).toBeNull();
      const again = personalApplication(
        { legalName: 'Firm Ltd' },
        [{ accountId: 'eve', person: { givenName: 'Eve' } }, max],
        { updatedAt: at(2) },
      );
      await take(store, [again], { readStartedAt: at(300) });
      expect(await toldOf(again)).toMatch(/Firm Ltd.*Max/);
      expect(await toldOf(again)).not.toMatch(/Eve/);

      await erase('applicant');
      expect(await toldOf(again)).toMatch(/Max/);
      expect(await toldOf(again)).not.toMatch(/Eve|Firm|much/);
    });

    it('loses credentials, the pin of their owner, and reveals', async () => {
      const identity = { source: ALPHA, externalId: 'user-1' };
      const credential = { credential: 'secret', tenant: null };
      const connect = (owner: string) =>
        store.connectIdentity({ identity, credential, owner, userId: null, by: 'test' });
      await connect('owner-1');
      const user = await userOf(store, 'user-1');
      const ann = { kind: 'ANALYST', subject: 'ann' };
      await store.reveals.reveal(ann, { userId: user.id, minutes: 10, reason: 'case 7' });
      await erase();
      expect(await store.openCredential(identity)).toBeNull();
      expect((await store.reveals.of(ann, [user.id])).size).toBe(0);
      expect((await connect('owner-2')).refusal).toBeNull();
    });

    it('is taken out of records that are shown before they are stored', async () => {
      const records = [personalRecord(ADA), personalRecord(ADA, null, { externalUserId: 'user-2' })];
      await take(store, [personalRecord(ADA)]);
      const shown = async () => JSON.stringify(await store.erasures.withoutErased(ALPHA, records));
      expect(await shown()).toBe(JSON.stringify(records));
      await erase();
      const [mine, others] = await store.erasures.withoutErased(ALPHA, records);
      expect(JSON.stringify(mine)).not.toMatch(/Lovelace|ada@/);
      expect(others).toEqual(records[1]);
      expect(await store.erasures.withoutErased(BETA, records)).toEqual(records);
    });

    it('has nothing left of reads that come at the same moment, in many batches', async () => {
      const batch = (name: string) =>
        Array.from({ length: 130 }, (_, index) =>
          personalRecord(ADA, `P${index}`, { externalId: `${name}${index}` }),
        );
      await take(store, batch('a'));
      const { id } = await userOf(store, 'user-1');
      const reads = ['b', 'c', 'd'].map((name, index) =>
        take(store, batch(name), { learntBy: 'READ', readStartedAt: at(200 + index) }),
      );
      const [erased] = await Promise.all([store.erasures.eraseUser(id), ...reads]);
      expect(erased?.sources[0]?.records).toBeGreaterThanOrEqual(130);
      const known = (await store.readVerificationsOfUsers([id], SEES_ALL)).get(id) ?? [];
      expect(known).toHaveLength(4 * 130);
      expect(JSON.stringify(known.map((one) => one.openPersonal()))).not.toMatch(/Lovelace|"P\d/);
      for (const one of known.slice(0, 3)) expect(await store.readRaw(one.id, SEES_ALL)).toBeNull();
      expect(await findable()).toBe(0);
    });
  });
}
