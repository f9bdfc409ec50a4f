import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import type { Instant } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import type { IdentityRef, User } from '#kyc/user';
import { foundingUserId } from '#store/intake/people';
import { type ImportedPerson, MAX_IMPORTED } from '#store/links/imported-person';
import { type Store } from '#store/store';

import { APPROVED, logOf } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma, kycRecord, takeInRecords } from './sample-records.ts';

const CHANGED = { changed: true, refusal: null };
const KNOWN = { changed: false, refusal: null };
const refusedWith = (code: string) => ({ changed: false, refusal: expect.objectContaining({ code }) });
const [ANNA, BEN, FORMER] = ['anna', 'ben', 'former'].map(userId) as [string, string, string];
const LONG_AGO = '2020-01-01T00:00:00.000000000Z' as Instant;

/** People as a file tells of them. */
export function importBehaviours(open: OpenFresh): void {
  describe('imported people', () => {
    let test: ReopenableStore;
    let store: Store;

    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    const person = (
      identities: readonly IdentityRef[],
      more: Partial<ImportedPerson> = {},
    ): ImportedPerson => ({
      identities,
      userId: null,
      aliases: [],
      createdAt: null,
      ...more,
    });
    const take = (...people: ImportedPerson[]) => store.importPeople(people, { by: 'file', dryRun: false });
    const userOf = async (ref: IdentityRef): Promise<User | null> =>
      (await store.readUsersByIdentity([ref], SEES_ALL))[0] ?? null;
    const idsOf = async (...ids: string[]) =>
      (await store.readUsers(ids, SEES_ALL)).map((user) => user?.id ?? null);

    it('are linked, each for itself: one that is refused changes nothing and stops no other', async () => {
      await store.linkIdentities([[at(alpha, '1'), at(beta, '1')]], 'tester');
      const outcomes = await take(
        person([at(alpha, '2'), at(beta, '2')]),
        person([at(alpha, '1'), at(beta, '2'), at(gamma, 'unseen')]),
        person([]),
        person([at(alpha, 'a\u0000')]),
        person([at(alpha, '1'), at(gamma, '3')]),
      );
      expect(outcomes).toEqual([
        CHANGED,
        refusedWith('ALREADY_LINKED'),
        refusedWith('INVALID_INPUT'),
        refusedWith('INVALID_INPUT'),
        CHANGED,
      ]);
      expect(await userOf(at(gamma, 'unseen'))).toBeNull();
      expect((await userOf(at(alpha, '1')))?.identities.map((one) => one.linkedBy)).toEqual([
        'tester',
        'tester',
        'file',
      ]);
    });

    it('are known when they come again: no row of the log, no bell', async () => {
      const people = [
        person([at(alpha, '1'), at(beta, '1')]),
        person([at(alpha, '2')], { userId: ANNA, aliases: [FORMER], createdAt: LONG_AGO }),
      ];
      expect(await take(...people)).toEqual([CHANGED, CHANGED]);
      const before = await logOf(store);
      store.onAppend(() => expect.unreachable('nothing was appended'));
      expect(await take(...people)).toEqual([KNOWN, KNOWN]);
      expect(await logOf(store)).toEqual(before);
    });

    it('are told of and not kept by a dry run', async () => {
      const people = [person([at(alpha, '1'), at(beta, '1')]), person([])];
      const told = await store.importPeople(people, { by: 'file', dryRun: true });
      expect(told).toEqual([CHANGED, refusedWith('INVALID_INPUT')]);
      expect([await userOf(at(alpha, '1')), await logOf(store)]).toEqual([null, []]);
      expect(await take(...people)).toEqual(told);
    });

    it('have their ids, aliases and age back, and one first row in the log', async () => {
      const told = { userId: ANNA, aliases: [FORMER], createdAt: LONG_AGO };
      expect(await take(person([at(alpha, '1'), at(beta, '1')], told))).toEqual([CHANGED]);
      const user = await userOf(at(beta, '1'));
      expect(user).toMatchObject({ id: ANNA, createdAt: LONG_AGO });
      expect(user?.identities.map((one) => one.externalId)).toEqual(['1', '1']);
      expect(await idsOf(ANNA, FORMER)).toEqual([ANNA, ANNA]);
      expect(await logOf(store)).toEqual([
        expect.objectContaining({ userId: ANNA, from: null, sequence: 1 }),
      ]);
    });

    it('take over who was met here before they were imported, records and all', async () => {
      await takeInRecords(store, [kycRecord({ externalId: 'x', externalUserId: '1', ...APPROVED })]);
      const met = await userOf(at(alpha, '1'));
      expect(await take(person([at(alpha, '1'), at(beta, '1')], { userId: ANNA }))).toEqual([CHANGED]);
      expect(await userOf(at(alpha, '1'))).toMatchObject({
        id: ANNA,
        createdAt: met?.createdAt,
        answer: { status: 'APPROVED' },
      });
      expect(await idsOf(met?.id ?? '')).toEqual([ANNA]);
    });

    it('are not joined with people who are others here', async () => {
      await take(person([at(alpha, '1'), at(beta, '1')], { userId: ANNA }));
      // Anna's file says nothing of beta 1, and BEN is nobody here: is it she?
      expect(await take(person([at(alpha, '1')], { userId: BEN }))).toEqual([refusedWith('ALREADY_LINKED')]);
      await store.linkIdentities([[at(alpha, '2'), at(beta, '2')]], 'tester');
      const two = person([at(alpha, '1'), at(beta, '1'), at(alpha, '2'), at(beta, '2')], { userId: ANNA });
      expect(await take(two)).toEqual([refusedWith('ALREADY_LINKED')]);
      expect(await idsOf(ANNA, BEN)).toEqual([ANNA, null]);
    });

    it('are merged where the file says that one id became the other', async () => {
      await take(
        person([at(alpha, '1'), at(beta, '1')], { userId: ANNA }),
        person([at(alpha, '2'), at(beta, '2')], { userId: BEN }),
      );
      const merged = [at(alpha, '1'), at(beta, '1'), at(alpha, '2'), at(beta, '2')];
      expect(await take(person(merged, { userId: BEN, aliases: [ANNA] }))).toEqual([CHANGED]);
      expect(await idsOf(ANNA, BEN)).toEqual([BEN, BEN]);
      expect((await userOf(at(alpha, '1')))?.identities).toHaveLength(4);
    });

    it('are refused with ids that are no ids of users, or aliases of nobody', async () => {
      const ref = at(alpha, '1');
      const outcomes = await take(
        person([ref], { userId: 'rubbish' }),
        person([ref], { userId: ANNA, aliases: ['\u0000'] }),
        person([ref], { aliases: [FORMER] }),
      );
      expect(outcomes).toEqual([1, 2, 3].map(() => refusedWith('INVALID_INPUT')));
      expect(await userOf(ref)).toBeNull();
    });

    it('keep an id that a restored person has: who is met later gets another', async () => {
      const derived = foundingUserId(store.id, at(alpha, 'later'));
      const alias = foundingUserId(store.id, at(alpha, 'later still'));
      await take(person([at(beta, '1')], { userId: derived, aliases: [alias] }));
      await takeInRecords(store, [
        kycRecord({ externalId: 'x', externalUserId: 'later' }),
        kycRecord({ externalId: 'y', externalUserId: 'later still' }),
      ]);
      const met = [await userOf(at(alpha, 'later')), await userOf(at(alpha, 'later still'))];
      expect(new Set([...met.map((user) => user?.id), derived, alias]).size).toBe(4);
      expect(await idsOf(derived, alias)).toEqual([derived, derived]);
    });

    it('come in parts that are not too large', async () => {
      const people = Array.from({ length: MAX_IMPORTED + 1 }, (_, name) => person([at(alpha, String(name))]));
      await expect(take(...people)).rejects.toThrow(RangeError);
      expect(await take()).toEqual([]);
    });
  });
}
