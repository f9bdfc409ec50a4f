import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';

import { addMilliseconds, dayOf, now } from '#kyc/instant';
import { rollUp } from '#kyc/roll-up';
import { SEES_NOTHING } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { User } from '#kyc/user';
import type { HeldApiKey } from '#store/api-keys/api-keys';

import { type ApiKeyKind, expiryAfter, makeApiKey } from './api-key.ts';
import { createAuthenticator } from './authenticate.ts';
import { createFindUser } from './find-user.ts';
import { createJwtVerifier } from './jwt-verifier.ts';
import { ALWAYS_OPEN, NEVER_OPEN, openUntilKeysExist } from './openness.ts';
import { LOCAL_OPERATOR } from './principal.ts';
import { sightBesideGrants } from './sight-of.ts';
import { UnauthenticatedError } from './unauthenticated-error.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'kyc-gateway';
const signer = await generateKeyPair('ES256', { extractable: true });
const jwt = createJwtVerifier({
  keys: { keys: [{ ...(await exportJWK(signer.publicKey)), kid: 'one', alg: 'ES256' }] },
  issuer: ISSUER,
  audience: AUDIENCE,
});
const token = (claims: Record<string, unknown>) =>
  new SignJWT({ sub: 'someone', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime('5m')
    .sign(signer.privateKey);

const FINX = sourceId('FINX');
const answer = rollUp([], 'strict', dayOf(now()));
const anna: User = { id: 'anna', createdAt: now(), identities: [], answer };

/** Keys and users in memory, with every read of either counted. */
function createStore() {
  const held = new Map<string, HeldApiKey>();
  const reads: string[] = [];
  const noteUse = vi.fn(async (_id: string) => {});
  return {
    reads,
    noteUse,
    keys: {
      noteUse,
      read: async (id: string) => {
        reads.push(`key ${id}`);
        return held.get(id) ?? null;
      },
      exist: async () => {
        reads.push('exist');
        return held.size > 0;
      },
    },
    users: {
      readUsers: async (ids: readonly string[]) => {
        reads.push('users');
        return ids.map((id) => (id === 'anna' || id === 'alias-of-anna' ? anna : null));
      },
      readUsersByIdentity: async (refs: readonly { externalId: string }[]) => {
        reads.push('identities');
        return refs.map(({ externalId }) => (externalId === 'c1' ? anna : null));
      },
    },
    add(more: Partial<HeldApiKey> = {}, kind: ApiKeyKind = 'PARTNER') {
      const { text, id, secretHash } = makeApiKey();
      held.set(id, {
        id,
        secretHash,
        kind,
        subject: 'acme',
        scopes: ['kyc:status', 'something:else'],
        createdAt: now(),
        expiresAt: expiryAfter(1),
        revokedAt: null,
        lastUsedAt: null,
        ...more,
      });
      return { text, id, secret: text.split('_').slice(2).join('_') };
    },
  };
}
type FakeStore = ReturnType<typeof createStore>;

function authenticator(store: FakeStore, isOpen = NEVER_OPEN) {
  const findUser = createFindUser(store.users, [FINX]);
  return createAuthenticator({ isOpen, jwt, keys: store.keys, findUser });
}

describe('who shows a token', () => {
  const store = createStore();
  const authenticate = authenticator(store);
  const shown = async (claims: Record<string, unknown>) => authenticate([`Bearer ${await token(claims)}`]);

  test('is what it says, until it ends', async () => {
    const principal = await shown({ kind: 'analyst', scope: 'kyc:status kyc:link other' });
    expect(principal).toEqual({
      kind: 'ANALYST',
      subject: 'someone',
      scopes: ['kyc:status', 'kyc:link'],
      userId: null,
      expiresAt: expect.stringMatching(/Z$/),
      renew: expect.any(Function),
    });
    expect((principal.expiresAt ?? '') > now()).toBe(true);
  });

  test.each([
    ['a user', { user: 'anna' }],
    ['a user by an id that became an alias', { user: 'alias-of-anna' }],
    ['an identity', { identity: { source: 'FINX', externalId: 'c1' } }],
  ])('is %s by the present id, and sees that one alone', async (_, claims) => {
    const principal = await shown({ kind: 'end_user', ...claims });
    expect(principal).toMatchObject({ kind: 'END_USER', userId: 'anna' });
    expect(sightBesideGrants(principal)).toEqual({ ...SEES_NOTHING, users: ['anna'] });
  });

  test.each([
    ['a user', { user: 'nobody' }],
    ['an identity', { identity: { source: 'FINX', externalId: 'c9' } }],
  ])('is %s that nobody knows: sees nothing', async (_, claims) => {
    const principal = await shown({ kind: 'end_user', ...claims });
    expect(sightBesideGrants(principal)).toEqual(SEES_NOTHING);
  });

  test('is refused with an identity of a source that there is not', async () => {
    const identity = { source: 'NOSUCH', externalId: 'c1' };
    await expect(shown({ kind: 'end_user', identity })).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  test('sees nothing as a partner, until something is granted', async () => {
    expect(sightBesideGrants(await shown({ kind: 'partner' }))).toEqual(SEES_NOTHING);
  });
});

describe('who shows an API key', () => {
  test('is what the key was made for, until it ends', async () => {
    const store = createStore();
    const expiresAt = expiryAfter(3);
    const { text } = store.add({ expiresAt });
    expect(await authenticator(store)([`Bearer ${text}`])).toEqual({
      kind: 'PARTNER',
      subject: 'acme',
      scopes: ['kyc:status'],
      userId: null,
      expiresAt,
      renew: expect.any(Function),
    });
  });

  test('has its use noted once, however many requests come at once, and not within the hour', async () => {
    const store = createStore();
    const { text, id } = store.add();
    const fresh = store.add({ lastUsedAt: addMilliseconds(now(), -60_000) });
    const done = Promise.withResolvers<void>();
    store.noteUse.mockReturnValue(done.promise);
    const authenticate = authenticator(store);
    await Promise.all([1, 2, 3].map(() => authenticate([`Bearer ${text}`])));
    await authenticate([`bearer ${fresh.text}`]);
    done.reject(new Error('The note is lost, and nobody minds.'));
    expect(store.noteUse.mock.calls).toEqual([[id]]);
  });

  const ended: readonly [string, Partial<HeldApiKey>][] = [
    ['revoked', { revokedAt: now() }],
    ['expired', { expiresAt: now() }],
    ['of an end user', { kind: 'END_USER' }],
    ['of an unknown kind', { kind: 'ROOT' }],
  ];
  test.each(ended)('that is %s is refused', async (_, more) => {
    const store = createStore();
    const { text } = store.add(more);
    await expect(authenticator(store)([`Bearer ${text}`])).rejects.toBeInstanceOf(UnauthenticatedError);
    expect(store.noteUse).not.toHaveBeenCalled();
  });

  test.each<[string, (one: ReturnType<FakeStore['add']>, other: ReturnType<FakeStore['add']>) => string]>([
    ['with the secret of another key', (one, other) => `kyc_${one.id}_${other.secret}`],
    ['of an id that there is not', ({ secret }) => `kyc_${'0'.repeat(16)}_${secret}`],
    ['without its end', ({ text }) => text.slice(0, -1)],
    ['with more at its end', ({ text }) => `${text}A`],
    ['in capitals', ({ text }) => text.toUpperCase()],
    ['whose last character has the same bytes', ({ text }) => withSameBytes(text)],
    ['of its mark alone', () => 'kyc_'],
    ['of 10 kB', ({ text }) => text + 'A'.repeat(10_000)],
    ['with other letters that look alike', ({ text }) => text.replace('kyc_', 'kyс_')],
    ['with a line after it', ({ text }) => `${text}\n`],
    ['twice', ({ text }) => `${text}, Bearer ${text}`],
  ])('%s is refused', async (_, spoil) => {
    const store = createStore();
    const bad = spoil(store.add(), store.add());
    const error: unknown = await authenticator(store)([`Bearer ${bad}`]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect((error as Error).message).not.toContain(bad);
  });
});

/** 43 characters of base64 have two bits to spare: another last character, the same bytes. */
function withSameBytes(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(text.at(-1) ?? '');
  return text.slice(0, -1) + alphabet.charAt(last ^ 1);
}

test.each<[string, readonly string[]]>([
  ['nothing', []],
  ['an empty header', ['']],
  ['two headers', ['Bearer a.b.c', 'Bearer a.b.c']],
  ['Basic', ['Basic dXNlcjpwYXNz']],
  ['a bare token', ['a.b.c']],
  ['no token', ['Bearer ']],
  ['two spaces', ['Bearer  a.b.c']],
  ['two tokens', ['Bearer a.b.c d.e.f']],
])('%s is refused before the store is asked anything', async (_, header) => {
  const store = createStore();
  await expect(authenticator(store)(header)).rejects.toBeInstanceOf(UnauthenticatedError);
  await expect(authenticator(store)(['Bearer kyc_0_x'])).rejects.toBeInstanceOf(UnauthenticatedError);
  expect(store.reads).toEqual([]);
});

describe('an open gateway', () => {
  test('takes everybody for the operator and asks for nothing', async () => {
    const store = createStore();
    const authenticate = authenticator(store, ALWAYS_OPEN);
    expect(await authenticate([])).toMatchObject(LOCAL_OPERATOR);
    expect(await authenticate(['Basic dXNlcjpwYXNz'])).toMatchObject(LOCAL_OPERATOR);
    expect(store.reads).toEqual([]);
  });

  test('closes for good when another process has made a key, also while the store is away', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const store = createStore();
      const authenticate = authenticator(store, openUntilKeysExist(store.keys));
      const asked = async () => await authenticate([]).catch((error: unknown) => (error as Error).name);
      expect(await Promise.all([asked(), asked(), asked()])).toMatchObject(Array(3).fill(LOCAL_OPERATOR));
      const { text } = store.add();
      expect(await asked()).toMatchObject(LOCAL_OPERATOR);
      expect(store.reads).toEqual(['exist']);
      vi.advanceTimersByTime(1000);
      expect(await asked()).toBe('UnauthenticatedError');
      vi.advanceTimersByTime(10_000);
      store.keys.exist = () => Promise.reject(new Error('away'));
      expect(await asked()).toBe('UnauthenticatedError');
      expect(await authenticate([`Bearer ${text}`])).toMatchObject({ kind: 'PARTNER' });
    } finally {
      vi.useRealTimers();
    }
  });
});
