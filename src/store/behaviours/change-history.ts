import { describe, expect, it } from 'vitest';

import { addMilliseconds, type Instant } from '#kyc/instant';
import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import { PositionLostError } from '#store/changes/changes';
import type { Store } from '#store/store';
import { readLog, toTheEnd } from '#store/testing/read-log';

import { APPROVED, aRecord, aSource, idOf, logOf, REJECTED, at as second, take } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { alpha, at, beta } from './sample-records.ts';
import { withStore } from './with-store.ts';

const EVERYTHING = { includeLate: true, includeBackfill: true };
const FIRST = { take: 100, direction: 'FORWARD', after: null, before: null } as const;
const OF_ALPHA: Sight = { ...SEES_NOTHING, sources: [alpha] };

/** What the log says of people who are joined and parted, of those who are seen in part, and of what it has forgotten. */
export function changeHistoryBehaviours(open: OpenFresh): void {
  const test = withStore(open);

  /** Alpha's `a`, Beta's `b`: each with a record that was seen, and then was approved. */
  const withTwo = async () => {
    const store = await test.fresh();
    const one = { externalId: 'one', externalUserId: 'a' };
    const two = { source: beta, externalId: 'two', externalUserId: 'b' };
    await take(store, [aRecord(one)]);
    await take(store, [aRecord(two)], { source: aSource({ id: beta }) });
    await take(store, [aRecord({ ...one, ...APPROVED, updatedAt: second(2) })]);
    await take(store, [aRecord({ ...two, ...REJECTED, updatedAt: second(2) })], {
      source: aSource({ id: beta }),
    });
    const ids = { one: idOf(aRecord(one)), two: idOf(aRecord(two)) };
    return { store, ids };
  };
  const timelineOf = async (store: Store, userId: string, sight: Sight = SEES_ALL) => {
    const filter = { ...EVERYTHING, userIds: [userId] };
    const { rows } = await store.changes.pageStatusChanges({ filter, page: FIRST }, sight);
    return rows.map((row) => [row.verificationId, row.from, row.to, row.userId]);
  };
  const link = async (store: Store) =>
    (await store.linkIdentities([[at(alpha, 'a'), at(beta, 'b')]], 'tester'))[0]?.userId ?? '';

  describe('the timeline of a user', () => {
    it('has all that counts for them once they are joined, by any of their ids', async () => {
      const { store, ids } = await withTwo();
      const before = await store.readUsersByIdentity([at(alpha, 'a'), at(beta, 'b')], SEES_ALL);
      expect(await timelineOf(store, before[0]?.id ?? '')).toHaveLength(2);
      const joined = await link(store);
      const both = [
        [ids.one, null, 'PENDING', joined],
        [ids.two, null, 'PENDING', joined],
        [ids.one, 'PENDING', 'APPROVED', joined],
        [ids.two, 'PENDING', 'REJECTED', joined],
      ];
      for (const user of before) expect(await timelineOf(store, user?.id ?? '')).toEqual(both);
    });

    it('has what was theirs before no more when it was parted from them: it is whose it is now', async () => {
      const { store, ids } = await withTwo();
      const joined = await link(store);
      await store.unlinkIdentity(joined, at(beta, 'b'), 'tester');
      const [parted] = await store.readUsersByIdentity([at(beta, 'b')], SEES_ALL);
      expect(await timelineOf(store, joined)).toEqual([
        [ids.one, null, 'PENDING', joined],
        [ids.one, 'PENDING', 'APPROVED', joined],
      ]);
      expect(await timelineOf(store, parted?.id ?? '')).toEqual([
        [ids.two, null, 'PENDING', parted?.id],
        [ids.two, 'PENDING', 'REJECTED', parted?.id],
      ]);
      const own: Sight = { ...SEES_NOTHING, users: [joined] };
      expect(await timelineOf(store, parted?.id ?? '', own)).toEqual([]);
      expect(
        (await readLog(store, own)).some((row) => 'verificationId' in row && row.verificationId === ids.two),
      ).toBe(false);
    });

    it('has of a user seen in part what is seen', async () => {
      const { store, ids } = await withTwo();
      const joined = await link(store);
      const seen = await timelineOf(store, joined, OF_ALPHA);
      expect(seen.map(([id]) => id)).toEqual([ids.one, ids.one]);
    });
  });

  describe('who sees users in part', () => {
    const movesAfter = async (store: Store, after: number, userIds?: readonly string[]) =>
      await toTheEnd(after, (from) =>
        store.changes.readAnswerMoves(
          { after: from, limit: 100, filter: userIds === undefined ? {} : { userIds } },
          OF_ALPHA,
        ),
      );

    it('hears that an answer may have moved by what they see, once for each user', async () => {
      const { store } = await withTwo();
      const before = await store.readUsersByIdentity([at(alpha, 'a'), at(beta, 'b')], SEES_ALL);
      const userId = await link(store);
      const start = await store.changes.head();
      // Beta's REJECTED decides, so the whole answer does not move: what is seen of it does.
      await take(store, [
        aRecord({ externalId: 'one', externalUserId: 'a', ...REJECTED, updatedAt: second(3) }),
        aRecord({ externalId: 'three', externalUserId: 'a', ...APPROVED, updatedAt: second(3) }),
      ]);
      const moves = await movesAfter(store, start);
      expect(moves).toEqual([expect.objectContaining({ userId, cause: 'VERIFICATION' })]);
      for (const user of before) expect(await movesAfter(store, start, [user?.id ?? ''])).toEqual(moves);
      expect(await movesAfter(store, start, ['another'])).toEqual([]);
    });

    it('hears nothing when the answer moved by what they do not see', async () => {
      const { store, ids } = await withTwo();
      await link(store);
      const start = await store.changes.head();
      const two = aRecord({ source: beta, externalId: 'two', externalUserId: 'b', updatedAt: second(4) });
      await take(store, [two], { source: aSource({ id: beta }) });
      const rows = (await readLog(store, SEES_ALL, start)).filter((row) => 'nextAction' in row);
      expect(rows).toMatchObject([{ from: 'REJECTED', to: 'PENDING', becauseId: ids.two }]);
      expect(await movesAfter(store, start)).toEqual([]);
    });

    it('is given no row about an answer over all sources', async () => {
      const { store } = await withTwo();
      await link(store);
      const query = { after: 0, limit: 100, filter: EVERYTHING };
      const { rows, reached } = await store.changes.readUserKycChanges(query, OF_ALPHA);
      expect([rows, reached]).toEqual([[], await store.changes.head()]);
      expect((await store.changes.readUserKycChanges(query, SEES_ALL)).rows.length).toBeGreaterThan(4);
    });
  });

  describe('what the log forgets', () => {
    it('is the oldest, in batches, and never the newest row', async () => {
      const { store } = await withTwo();
      const log = await logOf(store);
      const future = addMilliseconds(await store.now(), 60_000);
      expect(await store.changes.forget(log[0]?.observedAt as Instant, 100)).toBe(0);
      expect(await store.changes.forget(future, 3)).toBe(3);
      expect(await readLog(store, SEES_ALL, 3)).toEqual(log.slice(3));
      expect(await store.changes.forget(log[5]?.observedAt as Instant, 100)).toBeLessThan(3);
      expect(await store.changes.forget(future, 100)).toBeGreaterThan(0);
      expect(await store.changes.forget(future, 100)).toBe(0);
      const head = log.length;
      expect(await readLog(store, SEES_ALL, head - 1)).toEqual(log.slice(-1));
      await take(store, [
        aRecord({ externalId: 'one', externalUserId: 'a', ...REJECTED, updatedAt: second(9) }),
      ]);
      const [change] = await readLog(store, SEES_ALL, head);
      expect(change).toMatchObject({ position: head + 1, sequence: 3, from: 'APPROVED', to: 'REJECTED' });
    });

    it('cannot be read from a place before it, nor can what was never there: never a silent gap', async () => {
      const { store, ids } = await withTwo();
      const head = await store.changes.head();
      await store.changes.forget(addMilliseconds(await store.now(), 60_000), 4);
      const { changes } = store;
      const page = async (place: { after: number | null; before: number | null }) =>
        await changes.pageStatusChanges({ filter: EVERYTHING, page: { ...FIRST, ...place } }, SEES_ALL);
      for (const lost of [0, 3, head + 1]) {
        const query = { after: lost, limit: 1, filter: {} };
        await expect(changes.readStatusChanges(query, SEES_ALL)).rejects.toThrow(PositionLostError);
        await expect(changes.readUserKycChanges(query, SEES_NOTHING)).rejects.toThrow(PositionLostError);
        await expect(changes.readAnswerMoves(query, OF_ALPHA)).rejects.toThrow(PositionLostError);
        await expect(page({ after: lost, before: null })).rejects.toThrow(PositionLostError);
        await expect(page({ after: null, before: lost })).rejects.toThrow(PositionLostError);
      }
      const kept = await page({ after: 4, before: null });
      expect(await page({ after: null, before: null })).toEqual(kept);
      expect(kept.rows.length).toBeGreaterThan(0);
      expect(await changes.readAt(4, SEES_ALL)).toBeNull();
      const history = { ...EVERYTHING, verificationIds: [ids.two] };
      const { rows } = await changes.pageStatusChanges({ filter: history, page: FIRST }, SEES_ALL);
      expect(rows.map(({ sequence }) => sequence)).toEqual([2]);
    });

    it('of an empty log is nothing, and it begins at 0', async () => {
      const store = await test.fresh();
      const { changes } = store;
      expect([await changes.head(), await changes.forget(await store.now(), 10)]).toEqual([0, 0]);
      const page = await changes.pageStatusChanges({ filter: {}, page: FIRST }, SEES_ALL);
      expect(page).toEqual({ rows: [], reached: 0, hasNext: false, hasPrevious: false });
      const { epoch } = changes;
      expect((await test.reopen()).changes.epoch).toBe(epoch);
    });
  });
}
