import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import type { ConnectRequest, Store } from '#store/store';

import { LINKED, refused } from './links.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma } from './sample-records.ts';

/** Credentials of owners: sealed, pinned to who stands behind them. */
export function connectionBehaviours(open: OpenFresh): void {
  describe('a credential', () => {
    let test: ReopenableStore;
    let store: Store;

    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    const request = (more: Partial<ConnectRequest> = {}): ConnectRequest => ({
      identity: at(gamma, 'anna'),
      credential: { credential: 'pat-1', tenant: 'org' },
      owner: 'https://source.test/users/1',
      userId: null,
      by: 'tester',
      ...more,
    });
    const credential = () => store.openCredential(at(gamma, 'anna'));

    it('connects an identity with its user, and opens again for reading alone', async () => {
      expect(await credential()).toBeNull();
      const result = await store.connectIdentity(request());
      expect(result).toEqual(LINKED);
      const [user] = await store.readUsers([result.userId ?? ''], SEES_ALL);
      expect(user?.identities).toEqual([expect.objectContaining({ connected: true, linkedBy: 'tester' })]);
      expect(JSON.stringify(user)).not.toContain('pat-1');
      expect(await credential()).toEqual({ credential: 'pat-1', tenant: 'org' });
      expect(await store.openCredential(at(gamma, 'nobody'))).toBeNull();
    });

    it('is replaced by the same owner, by no other, and by none who is not named', async () => {
      await store.connectIdentity(request({ owner: null }));
      const replaced = { credential: 'pat-2', tenant: null };
      expect(await store.connectIdentity(request({ credential: replaced }))).toEqual(LINKED);
      for (const owner of ['https://source.test/users/2', null])
        expect(await store.connectIdentity(request({ owner }))).toEqual(refused('ALREADY_LINKED'));
      expect(await credential()).toEqual(replaced);
      const third = { credential: 'pat-3', tenant: null };
      expect(await store.connectIdentity(request({ credential: third }))).toEqual(LINKED);
      expect(await credential()).toEqual(third);
    });

    it('joins its identity to a named user by the rules of a link', async () => {
      const [anna] = await store.addIdentities([at(alpha, 'a')]);
      const userId = anna?.userId ?? '';
      expect(await store.connectIdentity(request({ userId: 'nobody' }))).toEqual(refused('NOT_FOUND'));
      expect(await store.readUsersByIdentity([at(gamma, 'anna')], SEES_ALL)).toEqual([null]);
      expect(await store.connectIdentity(request({ userId }))).toEqual({ userId, refusal: null });
      const [two] = await store.linkIdentities([[at(alpha, 'b'), at(beta, 'b')]], 'tester');
      expect(await store.connectIdentity(request({ userId: two?.userId ?? '' }))).toEqual(
        refused('ALREADY_LINKED'),
      );
      const other = request({ identity: at(gamma, 'x'.repeat(201)) });
      expect(await store.connectIdentity(other)).toEqual(refused('INVALID_INPUT'));
    });

    it('joins no identity of another user where it may not, and a new or own one all the same', async () => {
      const [anna, bert] = await store.addIdentities([at(alpha, 'a'), at(gamma, 'bert')]);
      const userId = anna?.userId ?? '';
      const taken = request({ identity: at(gamma, 'bert'), userId, mayJoin: false });
      expect(await store.connectIdentity(taken)).toEqual(refused('ALREADY_LINKED'));
      expect(await store.openCredential(at(gamma, 'bert'))).toBeNull();
      const [kept] = await store.readUsersByIdentity([at(gamma, 'bert')], SEES_ALL);
      expect(kept?.id).toBe(bert?.userId);
      const own = request({ userId, mayJoin: false });
      for (const _ of ['new', 'own'])
        expect(await store.connectIdentity(own)).toEqual({ userId, refusal: null });
    });
  });
}
