import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import type { Identity, IdentityRef, User } from '#kyc/user';
import type { Store } from '#store/store';
import { readLog } from '#store/testing/read-log';

import { effort } from './effort.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma, kycRecord, takeInRecords } from './sample-records.ts';

export const LINKED = { userId: expect.any(String), refusal: null };
export const refused = (code: string) => ({ userId: null, refusal: expect.objectContaining({ code }) });

/** Who is whom, by explicit links alone. */
export function linkBehaviours(open: OpenFresh): void {
  describe('links', () => {
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
    const link = async (...refs: IdentityRef[]) => {
      const [result] = await store.linkIdentities([refs], 'tester');
      return result;
    };
    const log = () => readLog(store);

    it('take in identities that were never seen, a list of one too', async () => {
      expect(await link(at(gamma, 'new'))).toEqual(LINKED);
      const user = await userOf(at(gamma, 'new'));
      expect(user.identities).toEqual([
        expect.objectContaining({ source: gamma, externalId: 'new', linkedBy: 'tester', connected: false }),
      ]);
      expect(user.answer).toMatchObject({ status: 'NOT_STARTED', becauseId: null });
    });

    it('of one, many together and among others, end as if each had come alone', async () => {
      const [known] = await store.addIdentities([at(alpha, 'known')]);
      const ones = Array.from({ length: 450 }, (_, index) => [at(gamma, `one-${index}`)]);
      const pair = [at(alpha, 'a'), at(beta, 'b')];
      const lists = [
        [at(alpha, 'known')],
        ...ones,
        [at(gamma, '')],
        pair,
        [at(beta, 'b')],
        [at(gamma, 'one-0')],
      ];
      const results = await store.linkIdentities(lists, 'tester');
      expect(results).toHaveLength(lists.length);
      expect(results[0]).toEqual({ userId: known?.userId, refusal: null });
      const ids = results.slice(1, 451).map((result) => result.userId);
      expect(new Set(ids).size).toBe(450);
      expect(results[451]).toEqual(refused('INVALID_INPUT'));
      expect(results[453]).toEqual(results[452]);
      expect(results[454]?.userId).toBe(ids[0]);
      const rows = await log();
      expect(new Set(rows.map(({ userId }) => userId)).size).toBe(rows.length);
      expect((await userOf(at(gamma, 'one-449'))).identities[0]?.linkedBy).toBe('tester');
      expect((await userOf(at(alpha, 'known'))).identities[0]?.linkedBy).toBeNull();
      const before = rows.length;
      expect(await store.linkIdentities(lists, 'another')).toEqual(results);
      expect((await log()).length).toBe(before);
    });

    it('join under the user with the earliest createdAt; the other id is an alias for ever', async () => {
      const [older] = await store.addIdentities([at(alpha, 'old')]);
      const [younger] = await store.addIdentities([at(beta, 'young')]);
      expect(await link(at(beta, 'young'), at(alpha, 'old'))).toEqual({
        userId: older?.userId,
        refusal: null,
      });
      const [byOlder, byAlias] = await store.readUsers(
        [older?.userId ?? '', younger?.userId ?? ''],
        SEES_ALL,
      );
      expect(byAlias).toEqual(byOlder);
      const [first, second] = byAlias?.identities ?? [];
      expect(first).toMatchObject({ externalId: 'old', linkedAt: older?.linkedAt, linkedBy: 'tester' });
      expect(second?.linkedAt).not.toBe(younger?.linkedAt);
      expect(await store.countUsers({}, SEES_ALL)).toBe(1);
    });

    it('keep the smaller id of users made at the same time', async () => {
      const [one, other] = await store.addIdentities([at(alpha, 'x'), at(beta, 'x')]);
      const smaller = [one?.userId ?? '', other?.userId ?? ''].toSorted()[0];
      expect(await link(at(alpha, 'x'), at(beta, 'x'))).toEqual({ userId: smaller, refusal: null });
      const unseen = [at(alpha, 'y'), at(beta, 'y')];
      const linked = await link(...unseen);
      expect(linked).toEqual(await link(...unseen.toReversed()));
    });

    it('resolve an alias of an alias to the user that there is now', async () => {
      const refs = [at(alpha, '3'), at(alpha, '2'), at(alpha, '1')];
      const ids: string[] = [];
      for (const ref of refs.toReversed())
        ids.push(...(await store.addIdentities([ref])).map((one) => one.userId));
      const [one = '', two = '', three = ''] = ids;
      await link(at(alpha, '3'), at(alpha, '2'));
      await link(at(alpha, '2'), at(alpha, '1'));
      const users = await store.readUsers([one, two, three], SEES_ALL);
      expect(users.map((user) => user?.id)).toEqual([one, one, one]);
      expect(users[0]?.identities).toHaveLength(3);
    });

    it('refuse to join two people who were each linked before, and change nothing', async () => {
      await link(at(alpha, '1'), at(beta, '1'));
      await link(at(alpha, '2'), at(beta, '2'));
      const before = await log();
      expect(await link(at(alpha, '1'), at(beta, '2'), at(gamma, 'unseen'))).toEqual(
        refused('ALREADY_LINKED'),
      );
      expect(await log()).toEqual(before);
      expect(await store.readUsersByIdentity([at(gamma, 'unseen')], SEES_ALL)).toEqual([null]);
      expect((await userOf(at(alpha, '1'))).identities).toHaveLength(2);
      expect(await link(at(alpha, '1'), at(gamma, 'third'))).toEqual(LINKED);
    });

    it('answer the lists in order, each for itself', async () => {
      await link(at(alpha, '1'), at(beta, '1'));
      await link(at(alpha, '2'), at(beta, '2'));
      const results = await store.linkIdentities(
        [[at(alpha, '1'), at(alpha, '2')], [], [at(alpha, '3'), at(beta, '3')]],
        'tester',
      );
      expect(results).toEqual([refused('ALREADY_LINKED'), refused('INVALID_INPUT'), LINKED]);
    });

    it('refuse an external id that none can be', async () => {
      for (const externalId of ['', 'x'.repeat(201), 'a\u0000b', '\uD800'])
        expect(await link(at(alpha, 'fine'), at(alpha, externalId))).toEqual(refused('INVALID_INPUT'));
      expect(await store.readUsersByIdentity([at(alpha, 'fine')], SEES_ALL)).toEqual([null]);
      expect(await link(at(alpha, 'x'.repeat(200)))).toEqual(LINKED);
    });

    it('take an identity named twice as one, in a list and over two', async () => {
      expect(await link(at(alpha, '1'), at(alpha, '1'))).toEqual(LINKED);
      const results = await store.linkIdentities(
        [
          [at(alpha, '1'), at(beta, '1')],
          [at(beta, '1'), at(gamma, '1')],
        ],
        'tester',
      );
      const user = await userOf(at(alpha, '1'));
      expect(results).toEqual([LINKED, { userId: user.id, refusal: null }]);
      expect(user.identities).toHaveLength(3);
    });

    it('find it done when they are said again: no row of the log, no bell', async () => {
      await link(at(alpha, '1'), at(beta, '1'));
      const before = await log();
      const user = await userOf(at(alpha, '1'));
      let rings = 0;
      const stop = store.onAppend(() => {
        rings += 1;
      });
      expect(await link(at(beta, '1'), at(alpha, '1'))).toEqual({ userId: user.id, refusal: null });
      expect([await log(), rings, await userOf(at(alpha, '1'))]).toEqual([before, 0, user]);
      stop();
    });

    it('move the answer over the records of both, as a LINK row of the same log', async () => {
      const [approvedId] = await takeInRecords(store, [
        kycRecord({ externalId: 'a', externalUserId: 'p', status: 'APPROVED', reason: 'PASSED' }),
      ]);
      const [rejectedId] = await takeInRecords(store, [
        kycRecord({
          source: beta,
          externalId: 'b',
          externalUserId: 'q',
          status: 'REJECTED',
          reason: 'DECLINED',
        }),
      ]);
      let rings = 0;
      store.onAppend(() => {
        rings += 1;
      });
      const position = (await log()).length;
      await link(at(alpha, 'p'), at(beta, 'q'));
      const user = await userOf(at(alpha, 'p'));
      expect(user.answer).toMatchObject({ status: 'REJECTED', becauseId: rejectedId, conflicting: true });
      expect(user.answer.contributorIds.toSorted()).toEqual([approvedId, rejectedId].toSorted());
      const row = { userId: user.id, from: 'APPROVED', to: 'REJECTED', cause: 'LINK', sequence: 2 };
      expect((await log()).slice(position)).toEqual([
        expect.objectContaining({ ...row, position: position + 1 }),
      ]);
      expect(rings).toBe(1);
      const [record] = await store.readVerifications([rejectedId ?? ''], SEES_ALL);
      expect(record?.userId).toBe(user.id);
    });

    it('keep what comes later for a joined identity with the user who stayed', async () => {
      await store.addIdentities([at(alpha, 'p')]);
      await link(at(beta, 'q'), at(alpha, 'p'));
      const record = kycRecord({ source: beta, externalId: 'b', externalUserId: 'q', status: 'APPROVED' });
      await takeInRecords(store, [record]);
      expect((await userOf(at(alpha, 'p'))).answer.status).toBe('APPROVED');
      expect(await store.countUsers({}, SEES_ALL)).toBe(1);
    });

    it('add identities without moving those that are known', async () => {
      const added = await store.addIdentities([at(alpha, '1'), at(beta, '1')]);
      const rows = (await log()).length;
      const again = await store.addIdentities([at(beta, '1'), at(alpha, '1'), at(beta, '1')]);
      expect(again).toEqual([added[1], added[0], added[1]]);
      expect(await log()).toHaveLength(rows);
      expect(added.map((identity: Identity) => identity.linkedBy)).toEqual([null, null]);
    });

    it('end in the same people whatever the order of the lists, and never give an id to two', async () => {
      const names = [alpha, beta, gamma].flatMap((source) => ['1', '2', '3'].map((id) => at(source, id)));
      const list = fc.subarray(names, { minLength: 1, maxLength: 3 });
      const orders = fc
        .array(list, { minLength: 1, maxLength: 5 })
        .chain((lists) =>
          fc.tuple(fc.constant(lists), fc.shuffledSubarray(lists, { minLength: lists.length })),
        );
      let world = 0;
      const peopleOf = (lists: readonly (readonly IdentityRef[])[]) => {
        world += 1;
        return peopleAfter(store, lists, `world ${world}: `);
      };
      await fc.assert(
        fc.asyncProperty(orders, async ([lists, shuffled]) => {
          const [one, other] = [await peopleOf(lists), await peopleOf(shuffled)];
          if (!one.refused && !other.refused) expect(other.people).toEqual(one.people);
        }),
        { numRuns: 20 * effort },
      );
    });
  });
}

/** Links the lists among people of a world of their own, watching every user id on the way. */
async function peopleAfter(store: Store, lists: readonly (readonly IdentityRef[])[], world: string) {
  const inWorld = ({ source, externalId }: IdentityRef) => at(source, world + externalId);
  const refs = [...new Set(lists.flat())].map(inWorld);
  const founders = new Map<string, IdentityRef>();
  let isRefused = false;
  for (const list of lists) {
    const [result] = await store.linkIdentities([list.map(inWorld)], 'tester');
    isRefused ||= result?.refusal !== null;
    const users = await store.readUsersByIdentity(refs, SEES_ALL);
    for (const [place, ref] of refs.entries()) {
      const id = users[place]?.id;
      if (id !== undefined && !founders.has(id)) founders.set(id, ref);
    }
  }
  const owners = await store.readUsersByIdentity([...founders.values()], SEES_ALL);
  const present = await store.readUsers([...founders.keys()], SEES_ALL);
  expect(present.map((user) => user?.id)).toEqual(owners.map((user) => user?.id));
  const users = (await store.readUsersByIdentity(refs, SEES_ALL)).flatMap((user) => user ?? []);
  const people = [...new Map(users.map((user) => [user.id, user])).values()];
  expect(people.flatMap((user) => user.identities)).toHaveLength(users.length);
  return { refused: isRefused, people: people.map((user) => namesOf(user, world)).toSorted() };
}

function namesOf(user: User, world: string): string {
  const names = user.identities.map(
    ({ source, externalId }) => `${source} ${externalId.slice(world.length)}`,
  );
  return names.join(', ');
}
