import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { makeApiKey } from '#access/api-key';
import { createAuthenticator } from '#access/authenticate';
import { createJwtVerifier } from '#access/jwt-verifier';
import { NEVER_OPEN } from '#access/openness';
import type { Principal } from '#access/principal';
import { addMilliseconds, now } from '#kyc/instant';
import type { HeldApiKey } from '#store/api-keys/api-keys';
import { StoreUnavailableError } from '#store/database';

import { sendRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'kyc-gateway';
const own = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('ES256', { extractable: true });
const publicJwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'ES256' };

interface Recipe {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: CryptoKey | Uint8Array;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
}
const token = (recipe: Recipe = {}) =>
  new SignJWT({ sub: 'someone', kind: 'analyst', scope: 'kyc:status', ...recipe.claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...recipe.header })
    .setIssuer(recipe.issuer ?? ISSUER)
    .setAudience(recipe.audience ?? AUDIENCE)
    .setExpirationTime(recipe.expires ?? '5m')
    .sign(recipe.key ?? own.privateKey);

const held = new Map<string, HeldApiKey>();
let reads: string[] = [];
let isStoreAway = false;
const authenticate = createAuthenticator({
  isOpen: NEVER_OPEN,
  jwt: createJwtVerifier({ keys: { keys: [publicJwk] }, issuer: ISSUER, audience: AUDIENCE }),
  keys: {
    read: async (id) => {
      if (isStoreAway) throw new StoreUnavailableError('away');
      reads.push('key');
      return held.get(id) ?? null;
    },
    noteUse: async () => {},
  },
  findUser: async ({ user }) => {
    reads.push('user');
    return user;
  },
});

function addKey(more: Partial<HeldApiKey> = {}): { text: string; id: string } {
  const { text, id, secretHash } = makeApiKey();
  const at = now();
  const dates = { createdAt: at, expiresAt: addMilliseconds(at, 60_000), revokedAt: null, lastUsedAt: null };
  held.set(id, { id, secretHash, kind: 'PARTNER', subject: 'acme', scopes: [], ...dates, ...more });
  return { text, id };
}

let server: TinyServer;
let contexts: Principal[] = [];
beforeAll(async () => {
  server = await startTinyServer({
    authenticate,
    reach: { kind: 'NAMED', allowedHosts: null },
    contextFor: (facts) => {
      contexts.push(facts.principal);
      return facts;
    },
  });
});
beforeEach(() => {
  contexts = [];
  reads = [];
  isStoreAway = false;
});
afterAll(async () => await server.close());

const ask = (authorization: string | null, query = '{ hello }') =>
  server.ask(query, { headers: authorization === null ? {} : { authorization } });

async function expectRefused(response: Response): Promise<void> {
  const requestId = response.headers.get('x-request-id');
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    errors: [
      {
        message: 'Say who asks: Authorization: Bearer, with a token or an API key that holds.',
        extensions: { code: 'UNAUTHENTICATED', requestId },
      },
    ],
  });
  expect(contexts).toEqual([]);
}

describe('a credential', () => {
  test.each([
    ['token', async () => await token(), 'someone'],
    ['API key', () => addKey().text, 'acme'],
  ])('that holds, a %s, makes the one principal of its request', async (_, make, subject) => {
    const response = await ask(`Bearer ${await make()}`);
    expect(await response.json()).toEqual({ data: { hello: 'world' } });
    expect(contexts.map((principal) => principal.subject)).toEqual([subject]);
  });

  const body = (text: string) => Buffer.from(text).toString('base64url');
  const unsigned = (header: object) =>
    `${body(JSON.stringify(header))}.${body(
      JSON.stringify({ sub: 'x', kind: 'operator', iss: ISSUER, aud: AUDIENCE, exp: 4e9 }),
    )}.`;
  const asSecret = new TextEncoder().encode(JSON.stringify(publicJwk));
  const refused: readonly [string, () => string | null | Promise<string>][] = [
    ['none', () => null],
    ['an empty one', () => ''],
    ['Basic', () => 'Basic b3BlcmF0b3I6c2VjcmV0'],
    ['alg none', () => `Bearer ${unsigned({ alg: 'none' })}`],
    [
      'HS256 with the public key',
      async () => `Bearer ${await token({ key: asSecret, header: { alg: 'HS256' } })}`,
    ],
    ['another issuer', async () => `Bearer ${await token({ issuer: 'https://other.example' })}`],
    ['another audience', async () => `Bearer ${await token({ audience: 'other' })}`],
    ['an expired token', async () => `Bearer ${await token({ expires: '-1m' })}`],
    ['a kid that is a path', async () => `Bearer ${await token({ header: { kid: '../../dev/null' } })}`],
    ['a kid that is SQL', async () => `Bearer ${await token({ header: { kid: "' or 1=1 --" } })}`],
    ["a stranger's key under our kid", async () => `Bearer ${await token({ key: stranger.privateKey })}`],
    [
      "a stranger's key by jku",
      async () =>
        `Bearer ${await token({ key: stranger.privateKey, header: { jku: 'https://evil.example/jwks' } })}`,
    ],
    [
      "a stranger's key by jwk",
      async () =>
        `Bearer ${await token({ key: stranger.privateKey, header: { jwk: await exportJWK(stranger.publicKey) } })}`,
    ],
    ['a token of 9 kB', async () => `Bearer ${await token({ claims: { much: 'x'.repeat(9000) } })}`],
    ['half an API key', () => `Bearer ${addKey().text.slice(0, 40)}`],
  ];
  test.each(refused)('%s: 401, the same for all, before the store is asked anything', async (_, make) => {
    const authorization = await make();
    await expectRefused(await ask(authorization));
    await expectRefused(await ask(authorization, '{ this is no GraphQL'));
    expect(reads).toEqual([]);
  });

  const ended: readonly [string, () => string][] = [
    ['revoked', () => addKey({ revokedAt: now() }).text],
    ['expired', () => addKey({ expiresAt: now() }).text],
    ['of another id', () => addKey().text.replace(/_[0-9a-f]{16}_/, `_${addKey().id}_`)],
    ['of no id', () => addKey().text.replace(/_[0-9a-f]{16}_/, `_${'0'.repeat(16)}_`)],
  ];
  test.each(ended)('an API key that is %s: the same, after one read', async (_, make) => {
    await expectRefused(await ask(`Bearer ${make()}`));
    expect(reads).toEqual(['key']);
  });

  test('counts in one Authorization header alone', async () => {
    const { text } = addKey();
    const headers = ['Content-Type: application/json', `Host: ${server.host}`, 'Connection: close'];
    const two = [`Authorization: Bearer ${text}`, `Authorization: Bearer ${text}`];
    const body = '{"query":"{ hello }"}';
    const length = `Content-Length: ${body.length}`;
    const answer = await sendRaw(server.port, ['POST /graphql HTTP/1.1', ...headers, ...two, length], body);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    for (const query of [`access_token=${text}`, `authorization=Bearer%20${text}`, `token=${text}`])
      await expectRefused(await fetch(`${server.url}?query={hello}&${query}`));
    const { status } = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `token=${text}`, 'x-api-key': text },
      body: JSON.stringify({ query: '{ hello }', access_token: text }),
    });
    expect(status).toBe(401);
  });

  test('that ends between two requests of one connection ends at once', async () => {
    const { text, id } = addKey();
    expect((await ask(`Bearer ${text}`)).status).toBe(200);
    held.set(id, { ...(held.get(id) as HeldApiKey), revokedAt: now() });
    expect((await ask(`Bearer ${text}`)).status).toBe(401);
  });

  test('that cannot be looked up is not told to be wrong', async () => {
    const { text } = addKey();
    isStoreAway = true;
    const response = await ask(`Bearer ${text}`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'STORE_UNAVAILABLE' } }] });
  });

  test('never reaches a log', async () => {
    const { text } = addKey();
    const bad = [`${text}x`, await token({ key: stranger.privateKey }), text];
    for (const credential of bad) await ask(`Bearer ${credential}`);
    for (const credential of bad) expect(server.logLines.join()).not.toContain(credential.slice(-20));
  });
});

test('pages and health ask for none', async () => {
  for (const path of ['/health', '/ready', '/graphiql/default-query'])
    expect((await fetch(server.origin + path)).status).toBe(200);
  const page = await fetch(server.url, { headers: { accept: 'text/html' } });
  expect(page.status).not.toBe(401);
});

test('callers who ask at once never have each other’s principal', async () => {
  const subjects = Array.from({ length: 20 }, (_, index) => `caller-${index}`);
  const keys = new Map(subjects.map((subject) => [subject, addKey({ subject }).text]));
  const asked = Array.from({ length: 400 }, (_, index) => subjects[(index * 7) % subjects.length] ?? '');
  const answers = await Promise.all(
    asked.map(async (subject) => {
      const response = await ask(`Bearer ${keys.get(subject)}`, '{ whoAsks }');
      return ((await response.json()) as { data: { whoAsks: string } }).data.whoAsks;
    }),
  );
  expect(answers).toEqual(asked);
});

describe('the schema', () => {
  const INTROSPECTION = '{ __schema { types { name } } }';
  const asKind = async (kind: string, query: string, variables?: unknown) => {
    const claims = kind === 'end_user' ? { kind, user: 'anna' } : { kind };
    const authorization = `Bearer ${await token({ claims })}`;
    return (await server.ask(query, { variables, headers: { authorization } })).text();
  };
  const typos = [
    '{ helo }',
    '{ hello ... on Qery { hello } }',
    '{ even(valu: 2) }',
    '{ person(of: { nam: "x" }) }',
    'query ($p: Persn) { hello }',
    '{ __typ }',
    '{ hello @skp(if: true) }',
    '{ ...Fragmnt } fragment Fragment on Query { hello }',
  ];

  test.each([['operator'], ['analyst']])(
    'is told to an %s, and so are names for wrong ones',
    async (kind) => {
      expect(await asKind(kind, INTROSPECTION)).toContain('"Query"');
      expect(await asKind(kind, '{ helo }')).toContain('Did you mean');
    },
  );

  test.each([['partner'], ['end_user']])('is not told to a %s, whoever asked before', async (kind) => {
    const before = await asKind('operator', INTROSPECTION);
    for (const query of [
      INTROSPECTION,
      '{ __type(name: "Query") { name } }',
      '{ hello again { __schema { types { name } } } }',
    ])
      expect(await asKind(kind, query)).not.toContain('"data"');
    for (const query of typos) {
      await asKind('operator', query);
      expect(await asKind(kind, query)).not.toMatch(/did you mean/i);
    }
    const variables = { of: { nam: 'x' } };
    expect(await asKind(kind, 'query ($of: Person) { person(of: $of) }', variables)).not.toMatch(
      /did you mean|"name/i,
    );
    expect(await asKind(kind, '{ __typename hello }')).toContain('world');
    expect(await asKind('operator', INTROSPECTION)).toBe(before);
  });
});
