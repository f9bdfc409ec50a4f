import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addMilliseconds } from '#kyc/instant';
import type { Reader } from '#store/reveals/reveals';
import type { Store } from '#store/store';

import { aSource } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';

/** Who may read whom in clear, and until when. */
export function revealBehaviours(open: OpenFresh): void {
  describe('a reveal', () => {
    let test: ReopenableStore;
    let store: Store;
    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    const reader = (subject: string, kind = 'ANALYST') => ({ kind, subject });
    const anna = reader('anna');
    const reveal = (userId: string, minutes = 15, reason = 'case 7') =>
      store.reveals.reveal(anna, { userId, minutes, reason });
    const seenBy = async (by: Reader, ...userIds: readonly string[]) => [
      ...(await store.reveals.of(by, userIds)).keys(),
    ];
    const seen = (subject: string, ...userIds: readonly string[]) => seenBy(reader(subject), ...userIds);

    it('is of one user to one caller, from now on for so long, by the clock of the store', async () => {
      const before = await store.now();
      const until = await reveal('one', 15);
      const after = await store.now();
      expect(until > addMilliseconds(before, 15 * 60_000)).toBe(true);
      expect(until < addMilliseconds(after, 15 * 60_000)).toBe(true);
      expect(await store.reveals.of(anna, ['two', 'one', 'one'])).toEqual(
        new Map([['one', { until, reason: 'case 7' }]]),
      );
      expect(await seen('bert', 'one')).toEqual([]);
      expect(await seenBy(reader('anna', 'OPERATOR'), 'one')).toEqual([]);
      expect(await seen('ANNA', 'one')).toEqual([]);
      expect(await seen('anna')).toEqual([]);
    });

    it('lapses, and is there again when it is said again', async () => {
      await reveal('one', 0);
      await reveal('two', -1);
      expect(await seen('anna', 'one', 'two')).toEqual([]);
      await reveal('one', 5);
      expect(await seen('anna', 'one', 'two')).toEqual(['one']);
    });

    it('takes the place of the one before, be it shorter', async () => {
      await reveal('one', 200);
      const until = await reveal('one', 5, 'case 8');
      expect(await store.reveals.of(anna, ['one'])).toEqual(new Map([['one', { until, reason: 'case 8' }]]));
      await reveal('one', 0);
      expect(await seen('anna', 'one')).toEqual([]);
    });

    it('is there after a restart', async () => {
      await reveal('one');
      store = await test.reopen();
      expect(await seen('anna', 'one')).toEqual(['one']);
    });

    it('of either ends when two users become one, and of nobody else', async () => {
      const source = aSource().id;
      const names = ['a', 'b', 'c', 'd', 'e'];
      const identities = await store.addIdentities(names.map((externalId) => ({ source, externalId })));
      const [keep = '', gone = '', linked = '', joined = '', other = ''] = identities.map(
        ({ userId }) => userId,
      );
      for (const id of [keep, gone, linked, joined, other]) await reveal(id);
      await store.mergeUsers(keep, gone, 'bert');
      await store.linkIdentities([['c', 'd'].map((externalId) => ({ source, externalId }))], 'bert');
      expect(await seen('anna', keep, gone, linked, joined, other)).toEqual([other]);
    });
  });
}
