import { describe, expect, it } from 'vitest';

import { addDays, dayOf } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';

import {
  ALPHA,
  APPROVED,
  anApplication,
  aRecord,
  aSource,
  at,
  logOf,
  REJECTED,
  scanWhole,
  statusRows,
  take,
  userOf,
  userRows,
} from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

/** Users, their identities, their answers, and why a first sight is told as what. */
export function peopleBehaviours(open: OpenFresh): void {
  describe('users', () => {
    const { fresh, reopen } = withStore(open);

    it('keep the id that their founding identity gives, for life', async () => {
      const store = await fresh();
      await take(store, [aRecord()]);
      const { id } = await userOf(store, 'user-1');
      const again = await reopen();
      await take(again, [aRecord({ ...APPROVED, updatedAt: at(2) })], { readStartedAt: at(101) });
      expect((await userOf(again, 'user-1')).id).toBe(id);
      expect((await again.readUsers([id], SEES_ALL))[0]?.answer.status).toBe('APPROVED');
    });

    it('get their answer when a record names its owner later on', async () => {
      const store = await fresh();
      await take(store, [aRecord({ ...APPROVED, externalUserId: null })]);
      expect(await userRows(store)).toEqual([]);
      await take(store, [aRecord({ ...APPROVED, updatedAt: at(2) })], { readStartedAt: at(101) });
      expect((await userOf(store, 'user-1')).answer.status).toBe('APPROVED');
    });

    it('both move when a record changes its owner', async () => {
      const store = await fresh();
      await take(store, [aRecord({ ...APPROVED })]);
      await take(store, [aRecord({ ...APPROVED, externalUserId: 'user-2', updatedAt: at(2) })], {
        readStartedAt: at(101),
      });
      expect((await userOf(store, 'user-1')).answer).toMatchObject({
        status: 'NOT_STARTED',
        becauseId: null,
      });
      expect((await userOf(store, 'user-2')).answer.status).toBe('APPROVED');
      expect((await userRows(store)).map((row) => [row.from, row.to])).toEqual([
        [null, 'APPROVED'],
        [null, 'APPROVED'],
        ['APPROVED', 'NOT_STARTED'],
      ]);
    });

    it('answer by the entity that is theirs, and no more once the application leaves it out', async () => {
      const store = await fresh();
      const entity = { accountId: 'entity-1', ...REJECTED };
      await take(store, [anApplication({ ...APPROVED }, [entity])]);
      expect((await userOf(store, 'applicant')).answer.status).toBe('APPROVED');
      expect((await userOf(store, 'entity-1')).answer.status).toBe('REJECTED');
      await take(store, [anApplication({ ...APPROVED, updatedAt: at(2) }, [])], { readStartedAt: at(101) });
      expect((await userOf(store, 'entity-1')).answer.status).toBe('NOT_STARTED');
    });

    it('move with an entity although no row tells of the application itself', async () => {
      const store = await fresh();
      await take(store, [anApplication({}, [{ accountId: 'entity-1' }])]);
      const moved = anApplication({ updatedAt: at(2) }, [{ accountId: 'entity-1', ...APPROVED }]);
      await take(store, [moved], { readStartedAt: at(101) });
      expect(await statusRows(store)).toHaveLength(1);
      expect((await userRows(store)).at(-1)).toMatchObject({ to: 'APPROVED', cause: 'VERIFICATION' });
    });

    it('are made for every entity, however many one batch names', async () => {
      const store = await fresh();
      const applications = Array.from({ length: 40 }, (_, a) =>
        anApplication(
          { externalId: `a${a}`, externalUserId: `owner-${a}` },
          Array.from({ length: 100 }, (_, e) => ({ accountId: `entity-${a}-${e}` })),
        ),
      );
      await take(store, applications);
      expect(await store.countUsers({}, SEES_ALL)).toBe(40 * 101);
      expect((await userOf(store, 'entity-39-99')).answer.status).toBe('PENDING');
      await take(store, applications, { readStartedAt: at(101) });
      expect(await logOf(store)).toHaveLength(40 * 102);
    });

    it('are known from the first read that asks for them, records or none', async () => {
      const store = await fresh();
      await take(store, [], { source: aSource({ listed: false }), identitiesRead: ['nobody-yet'] });
      const user = await userOf(store, 'nobody-yet');
      expect(user.answer).toMatchObject({ status: 'NOT_STARTED', reason: null, nextAction: 'START' });
      expect(user.identities).toMatchObject([{ lastReadAt: at(100), linkedBy: null }]);
      expect(await logOf(store)).toMatchObject([{ from: null, to: 'NOT_STARTED', cause: 'BACKFILL' }]);
      await take(store, [], { identitiesRead: ['nobody-yet'], readStartedAt: at(50) });
      expect((await userOf(store, 'nobody-yet')).identities[0]?.lastReadAt).toBe(at(100));
    });
  });

  describe('a first sight', () => {
    const { fresh } = withStore(open);

    it('is backfill until a listed source was scanned whole once, then as it was learnt', async () => {
      const store = await fresh();
      await take(store, [aRecord()], { learntBy: 'WEBHOOK' });
      expect(await scanWhole(store, [aRecord()], { second: 101 })).toMatchObject({ complete: true });
      await take(store, [aRecord({ externalId: 'record-2', externalUserId: 'user-2' })], {
        learntBy: 'WEBHOOK',
        readStartedAt: at(102),
      });
      expect((await statusRows(store)).map((row) => row.learntBy)).toEqual(['BACKFILL', 'WEBHOOK']);
      expect((await userRows(store)).map((row) => row.cause)).toEqual(['BACKFILL', 'VERIFICATION']);
    });

    it('is backfill on the first read of an identity that cannot be listed, then as it was learnt', async () => {
      const store = await fresh();
      const source = aSource({ listed: false, versioning: 'read' });
      const first = { source, learntBy: 'READ', identitiesRead: ['user-1'] } as const;
      await take(store, [aRecord()], first);
      const newer = aRecord({ externalId: 'record-2', ...REJECTED, updatedAt: at(2) });
      await take(store, [aRecord(), newer], {
        ...first,
        readStartedAt: at(101),
      });
      expect((await statusRows(store)).map((row) => row.learntBy)).toEqual(['BACKFILL', 'READ']);
      expect((await userRows(store)).map((row) => row.cause)).toEqual(['BACKFILL', 'VERIFICATION']);
    });

    it('does not hide a change of the same user in the same batch', async () => {
      const store = await fresh();
      await take(store, [aRecord()]);
      const both = [
        aRecord({ ...REJECTED, updatedAt: at(2) }),
        aRecord({ externalId: 'record-2', externalUserId: 'user-1', ...APPROVED }),
      ];
      await take(store, both, { readStartedAt: at(101) });
      expect((await userRows(store)).at(-1)).toMatchObject({ cause: 'VERIFICATION', sequence: 2 });
    });
  });

  describe('the calendar and the policy', () => {
    const { fresh, reopen } = withStore(open);

    it('turn an approval whose document runs out, on the day after, once', async () => {
      const store = await fresh();
      const lastDay = addDays(dayOf(await store.now()), 10);
      await take(store, [aRecord({ ...APPROVED, documentExpiresOn: lastDay })]);
      expect((await userOf(store, 'user-1')).answer).toMatchObject({
        status: 'APPROVED',
        validUntil: lastDay,
      });
      expect(await store.lapse(lastDay, 10)).toBe(0);
      expect(await store.lapse(addDays(lastDay, 1), 10)).toBe(1);
      expect(await store.lapse(addDays(lastDay, 1), 10)).toBe(0);
      expect((await userRows(store)).at(-1)).toMatchObject({
        from: 'APPROVED',
        to: 'EXPIRED',
        reason: 'VERIFICATION_LAPSED',
        nextAction: 'REVERIFY',
        cause: 'LAPSE',
        sequence: 2,
      });
    });

    it('move answers made under another policy, in batches, each with its row', async () => {
      const store = await fresh();
      const records = [1, 2, 3].flatMap((user) => [
        aRecord({ ...APPROVED, externalId: `a${user}`, externalUserId: `user-${user}`, decidedAt: at(9) }),
        anApplication({ externalId: `b${user}`, externalUserId: `other-${user}` }, [
          { accountId: `user-${user}`, ...REJECTED, updatedAt: at(1) },
        ]),
      ]);
      await take(store, records);
      const strict = await reopen();
      expect(await strict.applyPolicy(2)).toBe(0);
      const any = await reopen({ policy: 'any' });
      const before = (await userRows(any)).length;
      const left: number[] = [];
      do left.push(await any.applyPolicy(2));
      while (left.at(-1) !== 0);
      expect(left).toEqual([4, 2, 0]);
      expect((await userOf(any, 'user-1')).answer.policy).toBe('any');
      const moved = (await userRows(any)).slice(before);
      expect(moved.every((row) => row.cause === 'POLICY')).toBe(true);
    });
  });

  describe('identities to be read again', () => {
    const { fresh } = withStore(open);

    it('come never read first, then open ones, then the others, each by its own age', async () => {
      const store = await fresh();
      const source = aSource({ listed: false, versioning: 'read' });
      const read = async (user: string, second: number, said: Parameters<typeof aRecord>[0]) =>
        await take(store, [aRecord({ externalId: `of-${user}`, externalUserId: user, ...said })], {
          source,
          identitiesRead: [user],
          readStartedAt: at(second),
        });
      await read('final-old', 10, APPROVED);
      await read('open-old', 20, {});
      await read('open-young', 60, {});
      await read('final-young', 60, APPROVED);
      await take(store, [], { source, identitiesRead: ['empty-old'], readStartedAt: at(15) });
      await store.addIdentities([{ source: ALPHA, externalId: 'unread' }]);
      const due = { openBefore: at(50), finalBefore: at(30), limit: 10 };
      const found = await store.dueIdentities(ALPHA, due);
      expect(found.map((one) => one.externalId)).toEqual(['unread', 'empty-old', 'open-old', 'final-old']);
      expect(await store.dueIdentities(ALPHA, { ...due, limit: 2 })).toEqual(found.slice(0, 2));
      expect(await store.dueIdentities(ALPHA, { ...due, connectedOnly: true })).toEqual([]);
      expect(await store.pollState(ALPHA, due)).toEqual({
        known: 6,
        neverRead: 1,
        overdue: 3,
        oldestReadAt: at(10),
      });
    });
  });
}
