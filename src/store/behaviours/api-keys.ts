import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addMilliseconds, type Instant, now } from '#kyc/instant';
import type { NewApiKey } from '#store/api-keys/api-keys';
import type { Store } from '#store/store';

import type { OpenFresh, ReopenableStore } from './reopen.ts';

const HOUR_MS = 3_600_000;
const later = (hours: number): Instant => addMilliseconds(now(), hours * HOUR_MS);

function aKey(more: Partial<NewApiKey> = {}): NewApiKey {
  return {
    id: 'one',
    secretHash: new Uint8Array(32).fill(1),
    kind: 'PARTNER',
    subject: 'acme',
    scopes: ['kyc:status', 'kyc:write'],
    expiresAt: later(24),
    ...more,
  };
}

/** Credentials of programs. */
export function apiKeyBehaviours(open: OpenFresh): void {
  describe('an API key', () => {
    let test: ReopenableStore;
    let store: Store;
    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    it('is found by its id, as it was made', async () => {
      expect(await store.apiKeys.exist()).toBe(false);
      const key = aKey();
      await store.apiKeys.add(key);
      expect(await store.apiKeys.exist()).toBe(true);
      expect(await store.apiKeys.read('one')).toEqual({
        ...key,
        secretHash: expect.any(Uint8Array),
        createdAt: expect.stringMatching(/Z$/),
        revokedAt: null,
        lastUsedAt: null,
      });
      const held = await store.apiKeys.read('one');
      expect(Buffer.compare(held?.secretHash ?? new Uint8Array(), key.secretHash)).toBe(0);
      expect(await store.apiKeys.read('ONE')).toBeNull();
      await expect(store.apiKeys.add(aKey({ subject: 'other' }))).rejects.toThrow();
    });

    it('is listed without anything of its secret, oldest first, and is there after a restart', async () => {
      await store.apiKeys.add(aKey({ id: 'z' }));
      await store.apiKeys.add(aKey({ id: 'a', scopes: [] }));
      store = await test.reopen();
      const keys = await store.apiKeys.list();
      expect(keys.map(({ id, scopes }) => ({ id, scopes }))).toEqual([
        { id: 'z', scopes: ['kyc:status', 'kyc:write'] },
        { id: 'a', scopes: [] },
      ]);
      expect(JSON.stringify(keys)).not.toMatch(/hash/i);
    });

    it('is revoked once and for good, and still counts as one that was', async () => {
      await store.apiKeys.add(aKey());
      expect(await store.apiKeys.revoke('one')).toBe(true);
      const { revokedAt } = (await store.apiKeys.read('one')) ?? {};
      expect(revokedAt).toMatch(/Z$/);
      expect(await store.apiKeys.revoke('one')).toBe(false);
      expect(await store.apiKeys.revoke('two')).toBe(false);
      expect((await store.apiKeys.read('one'))?.revokedAt).toBe(revokedAt);
      expect(await store.apiKeys.exist()).toBe(true);
    });

    it('is rotated: the next one is like it, the old one ends', async () => {
      await store.apiKeys.add(aKey());
      const next = { id: 'two', secretHash: new Uint8Array(32).fill(2), expiresAt: later(48) };
      const endsAt = later(1);
      expect(await store.apiKeys.rotate('one', next, endsAt)).toBe(true);
      expect(await store.apiKeys.read('one')).toMatchObject({ expiresAt: endsAt, revokedAt: null });
      expect(await store.apiKeys.read('two')).toMatchObject({
        kind: 'PARTNER',
        subject: 'acme',
        scopes: ['kyc:status', 'kyc:write'],
        expiresAt: next.expiresAt,
      });
    });

    it('never lives longer by being rotated', async () => {
      const { expiresAt } = aKey();
      await store.apiKeys.add(aKey({ expiresAt }));
      const next = { id: 'two', secretHash: new Uint8Array(32), expiresAt: later(48) };
      expect(await store.apiKeys.rotate('one', next, later(48))).toBe(true);
      expect((await store.apiKeys.read('one'))?.expiresAt).toBe(expiresAt);
    });

    it('that does not hold any more is not rotated', async () => {
      await store.apiKeys.add(aKey({ id: 'expired', expiresAt: later(-1) }));
      await store.apiKeys.add(aKey({ id: 'revoked' }));
      await store.apiKeys.revoke('revoked');
      const next = { id: 'next', secretHash: new Uint8Array(32), expiresAt: later(48) };
      for (const id of ['expired', 'revoked', 'nobody'])
        expect(await store.apiKeys.rotate(id, next, later(1))).toBe(false);
      expect(await store.apiKeys.read('next')).toBeNull();
    });

    it('is noted as used, once an hour', async () => {
      await store.apiKeys.add(aKey());
      await store.apiKeys.noteUse('one');
      const { lastUsedAt } = (await store.apiKeys.read('one')) ?? {};
      expect(lastUsedAt).toMatch(/Z$/);
      await store.apiKeys.noteUse('one');
      expect((await store.apiKeys.read('one'))?.lastUsedAt).toBe(lastUsedAt);
    });
  });
}
