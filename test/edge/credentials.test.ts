import { exportJWK, FlattenedSign, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { makeApiKey } from '#access/api-key';
import { createAuthenticator } from '#access/authenticate';
import { createJwtVerifier } from '#access/jwt-verifier';
import { NEVER_OPEN } from '#access/openness';
import { addMilliseconds, now } from '#kyc/instant';
import { sendRaw } from '#server/testing/tiny-server';
import type { HeldApiKey } from '#store/api-keys/api-keys';

import { type Edge, startEdge } from '../harness/edge.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'kyc-gateway';
const own = await generateKeyPair('ES256', { extractable: true });
const publicJwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'ES256' };
const made = makeApiKey();
const at = now();
const key: HeldApiKey = {
  id: made.id,
  secretHash: made.secretHash,
  kind: 'PARTNER',
  subject: 'acme',
  scopes: ['kyc:status'],
  createdAt: at,
  expiresAt: addMilliseconds(at, 3_600_000),
  revokedAt: null,
  lastUsedAt: at,
};

let reads = 0;
let edge: Edge;
let contexts = 0;
beforeAll(async () => {
  edge = await startEdge({
    reach: { kind: 'NAMED', allowedHosts: null },
    authenticate: createAuthenticator({
      isOpen: NEVER_OPEN,
      jwt: createJwtVerifier({ keys: { keys: [publicJwk] }, issuer: ISSUER, audience: AUDIENCE }),
      keys: {
        read: async (id) => {
          reads += 1;
          return id === key.id ? key : null;
        },
        noteUse: async () => {},
      },
      findUser: async ({ user }) => {
        reads += 1;
        return user;
      },
    }),
    contextFor: (facts) => {
      contexts += 1;
      return facts;
    },
  });
});
beforeEach(() => {
  reads = 0;
  contexts = 0;
  edge.resolved.length = 0;
});
afterAll(async () => await edge.close());

const claims = {
  sub: 'someone',
  kind: 'operator',
  scope: 'kyc:status kyc:operate',
  iss: ISSUER,
  aud: AUDIENCE,
};
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
const body = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const sign = (more: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
  new SignJWT({ ...claims, exp: inAnHour(), ...more })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(own.privateKey);
/** Signed as it should be, over whatever text. */
const signText = async (text: string, header: Record<string, unknown> = {}) => {
  const bytes = new TextEncoder().encode(text);
  const signed = await new FlattenedSign(bytes)
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(own.privateKey);
  return `${signed.protected}.${signed.payload}.${signed.signature}`;
};
const askWith = (authorization: string) => edge.post({ query: '{ viewer { kind } }' }, { authorization });

test('what they all are made from holds', async () => {
  for (const credential of [await sign(), made.text])
    expect(await askWith(`Bearer ${credential}`)).toMatchObject({ status: 200, codes: [] });
});

const TOKENS: readonly [string, () => string | Promise<string>][] = [
  ['of no expiry but null', () => sign({ exp: null as never })],
  ['of an expiry in words', () => signText(JSON.stringify({ ...claims, exp: 'never' }))],
  ['of an expiry in milliseconds past all time', () => sign({ exp: 1e300 })],
  ['that does not hold before tomorrow', () => sign({ nbf: inAnHour() + 86_400 })],
  ['of an audience among which ours only begins', () => sign({ aud: [`${AUDIENCE}.evil`, `x-${AUDIENCE}`] })],
  ['of an issuer that only begins like ours', () => sign({ iss: `${ISSUER}.evil` })],
  ['whose issuer is a list', () => sign({ iss: [ISSUER] as never })],
  ['whose claims are a list', () => signText(JSON.stringify([{ ...claims, exp: inAnHour() }]))],
  ['whose claims are no JSON', () => signText('claims')],
  [
    'whose kind comes by a prototype',
    () => signText(`{"__proto__":${JSON.stringify({ ...claims, exp: inAnHour() })}}`),
  ],
  ['that is a token within a token', async () => signText(await sign(), { cty: 'JWT' })],
  [
    'of a body that is not encoded (b64)',
    () => signText(JSON.stringify({ ...claims, exp: inAnHour() }), { b64: false, crit: ['b64'] }),
  ],
  [
    'of an algorithm in small letters',
    async () => (await sign()).replace(/^[^.]+/, body({ alg: 'es256', kid: 'one' })),
  ],
  [
    'of an algorithm that is a list',
    async () => (await sign()).replace(/^[^.]+/, body({ alg: ['ES256'], kid: 'one' })),
  ],
  ['of a signature of zeros', async () => (await sign()).replace(/[^.]+$/, body('\0'.repeat(64)))],
  ['of a signature in DER', async () => (await sign()).replace(/[^.]+$/, 'MAYCAQECAQE')],
  ['of five parts (JWE)', async () => `${await sign()}.a.b`],
  [
    'with a kid that is no text',
    async () => (await sign()).replace(/^[^.]+/, body({ alg: 'ES256', kid: { $ne: 1 } })),
  ],
  ['with a kid of a path', () => sign({}, { kid: '../../../dev/null' })],
  ['with a kid that ends in NUL', () => sign({}, { kid: 'one\0' })],
  [
    'with a chain of certificates (x5c)',
    async () => (await sign()).replace(/^[^.]+/, body({ alg: 'ES256', kid: 'one', x5c: ['MIIB'] })),
  ],
  [
    'of an end user who is somebody twice',
    () => sign({ kind: 'end_user', user: 'a', identity: { source: 'FINX', externalId: 'a' } }),
  ],
  ['of a kind with a space', () => sign({ kind: 'operator ' })],
  ['of a kind in capitals', () => sign({ kind: 'OPERATOR' })],
];

const KEYS: readonly [string, () => string][] = [
  ['in other spelling of its mark', () => made.text.replace('kyc_', 'KYC_')],
  ['with padding', () => `${made.text}=`],
  [
    'of the hash in the place of the secret',
    () => `kyc_${made.id}_${Buffer.from(made.secretHash).toString('base64url')}`,
  ],
  ['with a wildcard for its id', () => made.text.replace(made.id, '%'.repeat(16))],
  ['with SQL for its id', () => made.text.replace(made.id, "' or '1'='1-----")],
  ['with a dot for every character', () => made.text.replace(/[^_]/g, '.')],
];

async function expectRefused(authorization: string): Promise<void> {
  const { status, data, codes, headers, text } = await askWith(authorization);
  expect(status).toBe(401);
  expect(data).toBeUndefined();
  expect(codes).toEqual(['UNAUTHENTICATED']);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(text).not.toContain(authorization.slice(-12));
  expect({ contexts, resolved: edge.resolved }).toEqual({ contexts: 0, resolved: [] });
}

describe('a token', () => {
  test.each(TOKENS)('%s is refused before anything is read', async (_, make) => {
    await expectRefused(`Bearer ${await make()}`);
    expect(reads).toBe(0);
  });

  test('with one character changed, wherever, is refused', async () => {
    const token = await sign();
    for (let n = 0; n < token.length - 1; n += 7) {
      const other = token[n] === 'A' ? 'B' : 'A';
      await expectRefused(`Bearer ${token.slice(0, n)}${other}${token.slice(n + 1)}`);
    }
    expect(reads).toBe(0);
  });
});

describe('an API key', () => {
  test.each(KEYS)('%s is refused before a resolver runs', async (_, make) => {
    await expectRefused(`Bearer ${make()}`);
  });

  test('with one character changed, wherever, is refused', async () => {
    for (let n = 0; n < made.text.length; n += 1) {
      const other = made.text[n] === 'a' ? 'b' : 'a';
      await expectRefused(`Bearer ${made.text.slice(0, n)}${other}${made.text.slice(n + 1)}`);
    }
  });
});

test('a credential in no other place counts: not in the address, a cookie, another header or the body', async () => {
  const sent = JSON.stringify({
    query: '{ viewer { kind } }',
    extensions: { authorization: `Bearer ${made.text}` },
  });
  const lines = [
    `POST /graphql?access_token=${made.text}&authorization=Bearer%20${made.text} HTTP/1.1`,
    `Host: 127.0.0.1:${edge.port}`,
    'Content-Type: application/json',
    `Proxy-Authorization: Bearer ${made.text}`,
    `X-Authorization: Bearer ${made.text}`,
    `X-Forwarded-User: operator`,
    `Cookie: authorization=${made.text}`,
    `Content-Length: ${sent.length}`,
    'Connection: close',
  ];
  expect(await sendRaw(edge.port, lines, sent)).toMatch(/^HTTP\/1\.1 401 /);
  expect({ reads, contexts, resolved: edge.resolved }).toEqual({ reads: 0, contexts: 0, resolved: [] });
});
