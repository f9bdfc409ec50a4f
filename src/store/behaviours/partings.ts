import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import type { IdentityRef, User } from '#kyc/user';
import { foundingUserId } from '#store/intake/people';
import type { Store } from '#store/store';

import { LINKED, refused } from './links.ts';
import { APPROVED, aSource, logOf, REJECTED, take } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma, kycRecord, takeInRecords } from './sample-records.ts';

/** What links made is taken apart, and what they may not join is joined on purpose. */
export function partingBehaviours(open: OpenFresh): void {
  let test: ReopenableStore;
  let store: Store;

  beforeEach(async () => {
    test = await open();
    store = test.store;
  });
  afterEach(async () => await test.remove());

  const userOf = async (ref: IdentityRef): Promise<User> => {
    const [user] = await store.readUsersByIdentity([ref], SEES_ALL);
    if (user === null || user === undefined) throw new TypeError('The identity has no user.');
    return user;
  };
  const link = async (...refs: IdentityRef[]): Promise<User> => {
    expect(await store.linkIdentities([refs], 'tester')).toEqual([LINKED]);
    const [first] = refs;
    if (first === undefined) throw new TypeError('A link has identities.');
    return await userOf(first);
  };
  const idsOf = async (...ids: string[]) =>
    (await store.readUsers(ids, SEES_ALL)).map((user) => user?.id ?? null);

  describe('unlinking', () => {
    it('leaves id and aliases with the user, also when the founding identity goes', async () => {
      const [founder, other] = await store.addIdentities([at(alpha, 'a'), at(beta, 'b')]);
      const user = await link(at(alpha, 'a'), at(beta, 'b'));
      const founding = user.id === founder?.userId ? at(alpha, 'a') : at(beta, 'b');
      const left = founding.source === alpha ? at(beta, 'b') : at(alpha, 'a');
      expect(await store.unlinkIdentity(user.id, founding, 'parter')).toEqual({
        userId: user.id,
        refusal: null,
      });
      const splitOff = await userOf(founding);
      expect([founder?.userId, other?.userId]).not.toContain(splitOff.id);
      expect(splitOff.identities).toEqual([expect.objectContaining({ ...founding, linkedBy: 'parter' })]);
      expect((await userOf(left)).id).toBe(user.id);
      expect(await idsOf(founder?.userId ?? '', other?.userId ?? '')).toEqual([user.id, user.id]);
    });

    it('gives the identity no id that it had before, however often it is joined and parted', async () => {
      const user = await link(at(alpha, 'a'), at(beta, 'b'));
      const had = new Set([
        user.id,
        foundingUserId(store.id, at(alpha, 'a')),
        foundingUserId(store.id, at(beta, 'b')),
      ]);
      for (let round = 0; round < 3; round += 1) {
        await store.unlinkIdentity(user.id, at(beta, 'b'), 'tester');
        const { id } = await userOf(at(beta, 'b'));
        expect(had).not.toContain(id);
        had.add(id);
        expect((await link(at(alpha, 'a'), at(beta, 'b'))).id).toBe(user.id);
      }
      expect(new Set(await idsOf(...had))).toEqual(new Set([user.id]));
    });

    it('moves the answers of both, each in its own row of the log, with one bell', async () => {
      await takeInRecords(store, [kycRecord({ externalId: 'x', externalUserId: 'a', ...APPROVED })]);
      await takeInRecords(store, [
        kycRecord({ source: beta, externalId: 'y', externalUserId: 'b', ...REJECTED }),
      ]);
      const user = await link(at(alpha, 'a'), at(beta, 'b'));
      const before = (await logOf(store)).length;
      let rings = 0;
      store.onAppend(() => {
        rings += 1;
      });
      await store.unlinkIdentity(user.id, at(beta, 'b'), 'tester');
      const splitOff = await userOf(at(beta, 'b'));
      const row = { cause: 'UNLINK', becauseId: expect.any(String) };
      expect((await logOf(store)).slice(before)).toEqual([
        expect.objectContaining({ ...row, userId: user.id, from: 'REJECTED', to: 'APPROVED' }),
        expect.objectContaining({ ...row, userId: splitOff.id, from: null, to: 'REJECTED', sequence: 1 }),
      ]);
      expect(rings).toBe(1);
      expect([(await userOf(at(alpha, 'a'))).answer.status, splitOff.answer.status]).toEqual([
        'APPROVED',
        'REJECTED',
      ]);
      const counted = await store.readVerificationsOfUsers([splitOff.id], SEES_ALL);
      expect(counted.get(splitOff.id)).toHaveLength(1);
    });

    it('takes an alias for the user, and what comes later for the identity goes to the user it has now', async () => {
      await store.addIdentities([at(alpha, 'a')]);
      const [younger] = await store.addIdentities([at(beta, 'b')]);
      const user = await link(at(alpha, 'a'), at(beta, 'b'));
      expect(younger?.userId).not.toBe(user.id);
      expect(await store.unlinkIdentity(younger?.userId ?? '', at(beta, 'b'), 'tester')).toEqual({
        userId: user.id,
        refusal: null,
      });
      await takeInRecords(store, [
        kycRecord({ source: beta, externalId: 'y', externalUserId: 'b', ...APPROVED }),
      ]);
      expect((await userOf(at(beta, 'b'))).answer.status).toBe('APPROVED');
      expect((await userOf(at(alpha, 'a'))).answer.status).toBe('NOT_STARTED');
    });

    it('is refused for the last identity, for one of another, and for nobody, and changes nothing', async () => {
      const user = await link(at(alpha, 'a'), at(beta, 'b'));
      const alone = await link(at(gamma, 'c'));
      const before = await logOf(store);
      const part = (userId: string, ref: IdentityRef) => store.unlinkIdentity(userId, ref, 'tester');
      expect(await part(alone.id, at(gamma, 'c'))).toEqual(refused('INVALID_INPUT'));
      expect(await part(user.id, at(gamma, 'c'))).toEqual(refused('NOT_FOUND'));
      expect(await part(user.id, at(gamma, 'unseen'))).toEqual(refused('NOT_FOUND'));
      expect(await part(user.id, at(gamma, 'a\u0000'))).toEqual(refused('INVALID_INPUT'));
      for (const nobody of ['nobody', 'a\u0000', ''])
        expect(await part(nobody, at(alpha, 'a'))).toEqual(refused('NOT_FOUND'));
      expect(await logOf(store)).toEqual(before);
      expect((await userOf(at(alpha, 'a'))).identities).toEqual(user.identities);
    });

    it('leaves whoever has one identity as free to be linked as if never linked', async () => {
      const user = await link(at(alpha, 'a'), at(beta, 'b'));
      await link(at(alpha, 'c'), at(beta, 'c'));
      await store.unlinkIdentity(user.id, at(beta, 'b'), 'tester');
      await link(at(beta, 'b'), at(alpha, 'c'));
      await link(at(alpha, 'a'), at(beta, 'c'));
      expect((await userOf(at(alpha, 'a'))).identities).toHaveLength(4);
    });

    it('leaves those who stay together joined: two such people are still refused', async () => {
      const user = await link(at(alpha, 'a'), at(beta, 'b'), at(gamma, 'c'));
      await store.unlinkIdentity(user.id, at(gamma, 'c'), 'tester');
      await link(at(gamma, 'c'), at(gamma, 'd'));
      expect(await store.linkIdentities([[at(alpha, 'a'), at(gamma, 'c')]], 'tester')).toEqual([
        refused('ALREADY_LINKED'),
      ]);
    });
  });

  describe('merging', () => {
    it('joins two who were each linked before, keeps keepId, and resolves the other id for ever', async () => {
      const older = await link(at(alpha, 'a'), at(beta, 'a'));
      const younger = await link(at(alpha, 'b'), at(beta, 'b'));
      expect(await store.mergeUsers(younger.id, older.id, 'merger')).toEqual({
        userId: younger.id,
        refusal: null,
      });
      const merged = await userOf(at(alpha, 'a'));
      expect(merged).toMatchObject({ id: younger.id, createdAt: younger.createdAt });
      expect(merged.identities).toHaveLength(4);
      const moved = merged.identities.filter(({ externalId }) => externalId === 'a');
      expect(moved.map(({ linkedBy }) => linkedBy)).toEqual(['merger', 'merger']);
      expect(await idsOf(older.id, younger.id)).toEqual([younger.id, younger.id]);
      expect(await store.countUsers({}, SEES_ALL)).toBe(1);
    });

    it('moves the answer over the records of both, and lists and filters follow the alias', async () => {
      const [id] = await takeInRecords(store, [
        kycRecord({ externalId: 'x', externalUserId: 'a', ...REJECTED }),
      ]);
      const goes = await userOf(at(alpha, 'a'));
      const stays = await link(at(beta, 'b'));
      await store.mergeUsers(stays.id, goes.id, 'tester');
      expect((await logOf(store)).at(-1)).toMatchObject({
        userId: stays.id,
        from: 'NOT_STARTED',
        to: 'REJECTED',
        cause: 'MERGE',
      });
      for (const userId of [stays.id, goes.id]) {
        const page = await store.pageVerifications(
          {
            filter: { userId },
            order: { by: 'lastChangedAt', direction: 'DESC' },
            page: { take: 10, direction: 'FORWARD', after: null, before: null },
          },
          SEES_ALL,
        );
        expect(page.rows.map((row) => [row.id, row.userId])).toEqual([[id, stays.id]]);
        expect(await store.countVerifications({ userId }, SEES_ALL)).toBe(1);
        expect((await store.readVerificationsOfUsers([userId], SEES_ALL)).get(userId)).toHaveLength(1);
      }
    });

    it('finds it done when it is said again, by any of the ids', async () => {
      const [one, other] = [await link(at(alpha, 'a')), await link(at(beta, 'b'))];
      await store.mergeUsers(one.id, other.id, 'tester');
      const before = await logOf(store);
      for (const ids of [
        [one.id, other.id],
        [other.id, one.id],
      ] as const)
        expect(await store.mergeUsers(...ids, 'tester')).toEqual({ userId: one.id, refusal: null });
      expect(await logOf(store)).toEqual(before);
    });

    it('is refused for one id named twice and for nobody', async () => {
      const user = await link(at(alpha, 'a'));
      expect(await store.mergeUsers(user.id, user.id, 'tester')).toEqual(refused('INVALID_INPUT'));
      expect(await store.mergeUsers(user.id, 'nobody', 'tester')).toEqual(refused('NOT_FOUND'));
      expect(await store.mergeUsers('no\u0000body', user.id, 'tester')).toEqual(refused('NOT_FOUND'));
    });
  });

  describe('disconnecting', () => {
    const connect = (owner: string | null) =>
      store.connectIdentity({
        identity: at(gamma, 'anna'),
        credential: { credential: 'pat-1', tenant: null },
        owner,
        userId: null,
        by: 'tester',
      });

    it('forgets the credential, so that the identity is not read any more, and keeps the pin of its owner', async () => {
      const { userId } = await connect('owner 1');
      const readStartedAt = await store.now();
      await take(store, [], { source: aSource({ id: gamma }), identitiesRead: ['anna'], readStartedAt });
      const present = await store.now();
      const due = { openBefore: present, finalBefore: present, limit: 10, connectedOnly: true };
      expect(await store.dueIdentities(gamma, due)).toHaveLength(1);
      expect(await store.pollState(gamma, due)).toMatchObject({ known: 1, overdue: 1 });

      expect(await store.disconnectIdentity(at(gamma, 'anna'))).toEqual({ userId, refusal: null });
      expect(await store.openCredential(at(gamma, 'anna'))).toBeNull();
      const [held] = (await userOf(at(gamma, 'anna'))).identities;
      expect(held?.connected).toBe(false);
      expect(await store.dueIdentities(gamma, due)).toEqual([]);
      expect(await store.pollState(gamma, due)).toMatchObject({ known: 1, overdue: 0 });
      expect(await store.pollState(gamma, { ...due, connectedElsewhere: ['anna'] })).toMatchObject({
        overdue: 1,
      });
      expect(await connect('owner 2')).toEqual(refused('ALREADY_LINKED'));
      expect(await connect('owner 1')).toEqual(LINKED);
    });

    it('finds it done when nothing is held, and knows no identity that was never seen', async () => {
      const user = await link(at(gamma, 'anna'));
      const before = await logOf(store);
      expect(await store.disconnectIdentity(at(gamma, 'anna'))).toEqual({ userId: user.id, refusal: null });
      expect(await store.disconnectIdentity(at(gamma, 'nobody'))).toEqual(refused('NOT_FOUND'));
      expect(await store.disconnectIdentity(at(gamma, '\u0000'))).toEqual(refused('INVALID_INPUT'));
      expect(await logOf(store)).toEqual(before);
    });
  });
}
