import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addMilliseconds } from '#kyc/instant';
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

    const reveal = (userId: string, minutes = 15, subject = 'anna') =>
      store.reveals.reveal({ subject, userId, minutes });
    const seen = async (subject: string, ...userIds: readonly string[]) => [
      ...(await store.reveals.until(subject, userIds)).keys(),
    ];

    it('is of one user to one subject, from now on for so long, by the clock of the store', async () => {
      const before = await store.now();
      const until = await reveal('one', 15);
      const after = await store.now();
      expect(until > addMilliseconds(before, 15 * 60_000)).toBe(true);
      expect(until < addMilliseconds(after, 15 * 60_000)).toBe(true);
      expect(await store.reveals.until('anna', ['two', 'one', 'one'])).toEqual(new Map([['one', until]]));
      expect(await seen('bert', 'one')).toEqual([]);
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
      const until = await reveal('one', 5);
      expect(await store.reveals.until('anna', ['one'])).toEqual(new Map([['one', until]]));
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
