import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  base64url,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createJwtVerifier, type JwtVerifier } from './jwt-verifier.ts';
import { IssuerUnavailableError, UnauthenticatedError } from './unauthenticated-error.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'kyc-gateway';
const CLAIMS = { kind: 'analyst', scope: 'kyc:status kyc:pii something:else' };

const own = await generateKeyPair('ES256', { extractable: true });
const rsa = await generateKeyPair('RS256', { extractable: true });
const stranger = await generateKeyPair('ES256', { extractable: true });
const keys: JSONWebKeySet = {
  keys: [
    { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' },
    { ...(await exportJWK(rsa.publicKey)), kid: 'two', alg: 'RS256', use: 'sig' },
  ],
};
const verifier = createJwtVerifier({ keys, issuer: ISSUER, audience: AUDIENCE });

interface Recipe {
  readonly claims?: Record<string, unknown>;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly key?: CryptoKey | Uint8Array;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string | null;
  readonly notBefore?: string;
}

async function token(recipe: Recipe = {}): Promise<string> {
  const jwt = new SignJWT({ sub: 'someone', ...CLAIMS, ...recipe.claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...recipe.header })
    .setIssuer(recipe.issuer ?? ISSUER)
    .setAudience(recipe.audience ?? AUDIENCE)
    .setIssuedAt();
  if (recipe.expires !== null) jwt.setExpirationTime(recipe.expires ?? '5m');
  if (recipe.notBefore !== undefined) jwt.setNotBefore(recipe.notBefore);
  return jwt.sign(recipe.key ?? own.privateKey);
}

function unsigned(header: object, claims: object = {}): string {
  const body = { sub: 'someone', iss: ISSUER, aud: AUDIENCE, exp: 4_000_000_000, ...CLAIMS, ...claims };
  return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(body))}.`;
}

describe('a bearer token', () => {
  test('says who asks, with the scopes that are known here', async () => {
    await expect(verifier.verify(await token())).resolves.toMatchObject({
      kind: 'ANALYST',
      subject: 'someone',
      scopes: ['kyc:status', 'kyc:pii'],
      user: null,
      identity: null,
    });
  });

  test('may be signed by any of the keys, each by its own algorithm', async () => {
    const signed = await token({ key: rsa.privateKey, header: { alg: 'RS256', kid: 'two' } });
    await expect(verifier.verify(signed)).resolves.toMatchObject({ subject: 'someone' });
  });

  test('of an end user names one user or one identity', async () => {
    const identity = { source: 'FINX', externalId: 'c1' };
    const claims = { kind: 'end_user', identity };
    await expect(verifier.verify(await token({ claims }))).resolves.toMatchObject({
      kind: 'END_USER',
      identity,
    });
  });

  const publicKeyAsSecret = new TextEncoder().encode(JSON.stringify(keys.keys[0]));
  const refused: readonly [string, () => Promise<string> | string][] = [
    ['is rubbish', () => 'rubbish'],
    ['is empty', () => ''],
    ['is of 10 kB', () => `${'a'.repeat(10_000)}.b.c`],
    ['is unsigned (alg none)', () => unsigned({ alg: 'none' })],
    ['is unsigned under another spelling (alg nOnE)', () => unsigned({ alg: 'nOnE', kid: 'one' })],
    ['has lost its signature', async () => (await token()).replace(/[^.]+$/, '')],
    ['has another body under its signature', async () => withOtherBody(await token())],
    [
      'is signed by HS256 with the public key',
      () => token({ key: publicKeyAsSecret, header: { alg: 'HS256' } }),
    ],
    ['is signed by a stranger under our kid', () => token({ key: stranger.privateKey })],
    ['brings its own key (jwk)', async () => withOwnKey()],
    ['names an unknown kid', () => token({ header: { kid: '../../etc/passwd' } })],
    ['names the kid of a key of another algorithm', () => token({ header: { kid: 'two' } })],
    ['is of another issuer', () => token({ issuer: 'https://other.example' })],
    ['is for another audience', () => token({ audience: 'another' })],
    ['has expired', () => token({ expires: '-1m' })],
    ['never expires', () => token({ expires: null })],
    ['does not hold yet', () => token({ notBefore: '10m' })],
    ['demands an extension', () => withHeader({ alg: 'ES256', kid: 'one', crit: ['exp2'], exp2: true })],
    ['names no kind', () => token({ claims: { kind: undefined } })],
    ['names an unknown kind', () => token({ claims: { kind: 'root' } })],
    ['names a kind in another form', () => token({ claims: { kind: ['operator'] } })],
    ['is of an end user who is nobody', () => token({ claims: { kind: 'end_user' } })],
    [
      'is of an end user who is two',
      () => token({ claims: { kind: 'end_user', user: 'u', identity: { source: 'FINX', externalId: 'c' } } }),
    ],
    ['is of an analyst who is a user', () => token({ claims: { user: 'u' } })],
    ['has an empty subject', () => token({ claims: { sub: '' } })],
    ['has a subject that nobody can read', () => token({ claims: { sub: 'anna\u0000' } })],
    ['has a subject with half a character', () => token({ claims: { sub: 'anna\ud800' } })],
    ['has a subject that looks like another', () => token({ claims: { sub: 'anna\u200b' } })],
    ['has scopes in another form', () => token({ claims: { scope: ['kyc:pii'] } })],
  ];
  test.each(refused)('that %s is refused, without being quoted', async (_, make) => {
    const bad = await make();
    const error: unknown = await verifier.verify(bad).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnauthenticatedError);
    if (bad !== '') expect((error as Error).message).not.toContain(bad);
  });
});

function withOtherBody(good: string): string {
  const [head = '', , signature = ''] = good.split('.');
  return `${head}.${base64url.encode(JSON.stringify({ sub: 'someone', iss: ISSUER, aud: AUDIENCE, exp: 4e9, kind: 'operator' }))}.${signature}`;
}

/** Signed by our own key over a header that the library would not make. */
async function withHeader(header: object): Promise<string> {
  const body = { sub: 'someone', iss: ISSUER, aud: AUDIENCE, exp: 4_000_000_000, ...CLAIMS };
  const signed = [header, body].map((part) => base64url.encode(JSON.stringify(part))).join('.');
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, own.privateKey, new TextEncoder().encode(signed));
  return `${signed}.${base64url.encode(new Uint8Array(signature))}`;
}

async function withOwnKey(): Promise<string> {
  const jwk = await exportJWK(stranger.publicKey);
  return token({ key: stranger.privateKey, header: { jwk } });
}

describe('keys that are served', () => {
  let asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/rubbish') return void response.end('<html>');
    if (request.url === '/refused') return void response.writeHead(500).end();
    response.setHeader('content-type', 'application/json').end(JSON.stringify(keys));
  });
  let remote: JwtVerifier;
  let origin: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    remote = createJwtVerifier({ keys: new URL(`${origin}/jwks`), issuer: ISSUER, audience: AUDIENCE });
  });
  afterAll(() => server.close());

  test('are fetched once for many tokens', async () => {
    await remote.verify(await token());
    await Promise.all([remote.verify(await token()), remote.verify(await token())]);
    expect(asked).toEqual(['/jwks']);
  });

  test('are never fetched from where a token says (jku, x5u)', async () => {
    asked = [];
    const bad = await token({
      key: stranger.privateKey,
      header: { jku: `${origin}/evil`, x5u: `${origin}/evil` },
    });
    await expect(remote.verify(bad)).rejects.toBeInstanceOf(UnauthenticatedError);
    expect(asked).not.toContain('/evil');
  });

  test.each([
    ['nobody serves', () => 'http://127.0.0.1:1/jwks'],
    ['are served by no JSON', () => `${origin}/rubbish`],
    ['are refused', () => `${origin}/refused`],
  ])('that %s are a trouble of the issuer, not of the token', async (_, url) => {
    const lost = createJwtVerifier({ keys: new URL(url()), issuer: ISSUER, audience: AUDIENCE });
    await expect(lost.verify(await token())).rejects.toBeInstanceOf(IssuerUnavailableError);
    await expect(lost.verify('rubbish')).rejects.toBeInstanceOf(UnauthenticatedError);
  });
});
