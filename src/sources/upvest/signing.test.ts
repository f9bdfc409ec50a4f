import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { request as httpRequest } from 'node:http';

import { httpbis } from 'http-message-signatures';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { SandboxRequest } from '#sources/sandbox';
import { createSandboxPeople } from '#sources/sandbox-people';
import type { Source } from '#sources/source';
import type { WireRequest } from '#upstream/send';

import { upvest } from './index.ts';
import { UPVEST } from './normalize.ts';
import { UpvestSandbox } from './sandbox.ts';
import { readSettings, type UpvestSettings } from './settings.ts';
import { createSigner } from './signing.ts';

const KEYS = {
  Ed25519: generateKeyPairSync('ed25519'),
  'ECDSA P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ECDSA P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'ECDSA P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
};
const KEY_ID = '1a2b3c4d-key';
const people = createSandboxPeople(8, [UPVEST]);
const READ = { pace: 'READ' } as const;

let sandbox: UpvestSandbox;
let settings: UpvestSettings;
let source: Source | null = null;

beforeEach(async () => {
  sandbox = new UpvestSandbox(people);
  const read = readSettings(await sandbox.start(), []);
  if (read === null) throw new Error('The settings are refused.');
  settings = read;
});
afterEach(async () => {
  await source?.close();
  source = null;
  await sandbox.close();
});

const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

function openSigned(key: KeyObject, keyId = KEY_ID): Source {
  source = upvest.open({ ...settings, signing: { key, keyId } });
  return source;
}

const userId = () => sandbox.externalUserIdOf(people[0] ?? expect.fail('Nobody is there.')) ?? '';

async function isVerified({ method, url, headers }: SandboxRequest, key: KeyObject): Promise<boolean> {
  const plain = Object.entries(headers).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  const message = { method, url: `https://api.upvest.example${url}`, headers: Object.fromEntries(plain) };
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha512';
  const keyLookup = async () => ({
    verify: async (data: Buffer, signature: Buffer) => verify(hash, data, key, signature),
  });
  return (await httpbis.verifyMessage({ keyLookup, all: true }, message)) === true;
}

describe.each(Object.entries(KEYS))('%s', (_name, { publicKey, privateKey }) => {
  test('signs reads and the request for a token so that the simulator and another library verify them', async () => {
    sandbox.requireSignature(pem(publicKey), KEY_ID);
    const read = await openSigned(privateKey).fetchByUser?.(userId(), READ);
    expect(read?.records.length).toBeGreaterThan(0);
    const externalId = read?.records[0]?.verification.externalId ?? '';
    expect(await source?.fetchById?.({ externalId, externalUserId: userId() }, READ)).not.toBeNull();
    expect(sandbox.tokenRequests).toBe(1);
    expect(sandbox.requests).toHaveLength(2);
    for (const request of sandbox.requests) expect(await isVerified(request, publicKey)).toBe(true);
  });

  test('signs a POST with a body', async () => {
    sandbox.requireSignature(pem(publicKey), KEY_ID);
    // Past the signature the simulator says what it does not do.
    expect(await send(await signedPost(privateKey))).toBe(405);
  });
});

describe('what is sent', () => {
  const { publicKey, privateKey } = KEYS.Ed25519;

  test('is what the documents list, with the version that selects draft 15', async () => {
    await openSigned(privateKey).fetchByUser?.(userId(), READ);
    const { headers } = sandbox.requests[0] ?? expect.fail('Nothing came.');
    expect(headers['upvest-signature-version']).toBe('15');
    expect(headers['signature-input']).toMatch(
      /^sig1=\("@method" "@path" "accept" "authorization" "upvest-client-id"\);keyid="1a2b3c4d-key";created=\d+;expires=\d+;nonce="[0-9a-f-]{36}"$/,
    );
    const [, created, expires] = /created=(\d+);expires=(\d+)/.exec(String(headers['signature-input'])) ?? [];
    expect(Number(expires) - Number(created)).toBe(60);
    const post = await signedPost(privateKey);
    expect(post.headers['signature-input']).toContain(
      '("@method" "@path" "@query" "accept" "authorization" "content-length" "content-type" "content-digest" "idempotency-key" "upvest-client-id")',
    );
  });

  test('is a new signature at each retry: the simulator takes none twice', async () => {
    sandbox.requireSignature(pem(publicKey), KEY_ID);
    await openSigned(privateKey).fetchByUser?.(userId(), READ);
    sandbox.revokeTokens();
    expect((await source?.fetchByUser?.(userId(), READ))?.records.length).toBeGreaterThan(0);
    const signed = await signedGet(privateKey);
    expect([await send(signed), await send(signed)]).toEqual([200, 401]);
  });
});

describe('the simulator refuses', () => {
  const { publicKey, privateKey } = KEYS['ECDSA P-521'];
  beforeEach(() => sandbox.requireSignature(pem(publicKey), KEY_ID));

  test('what is not signed, or signed by another key or under another id', async () => {
    source = upvest.open({ ...settings, signing: null });
    const refused = { code: 'SOURCE_REFUSED' };
    await expect(source.fetchByUser?.(userId(), READ)).rejects.toMatchObject(refused);
    for (const other of [openSigned(KEYS.Ed25519.privateKey), openSigned(privateKey, 'another-id')]) {
      const error = await other.fetchByUser?.(userId(), READ).catch((reason: unknown) => reason);
      expect(error).toMatchObject(refused);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/BEGIN|1a2b|another-id/);
      await other.close();
    }
    expect(sandbox.requests).toEqual([]);
  });

  test.each<[string, (signed: WireRequest) => Partial<WireRequest>]>([
    ['method', () => ({ method: 'PUT' })],
    ['path', ({ path }) => ({ path: path.replace('/checks', '/checks/') })],
    ['query', ({ path }) => ({ path: `${path}&more=1` })],
    ['query taken away', ({ path }) => ({ path: path.replace(/\?.*/, '') })],
    ['body', ({ body }) => ({ body: (body ?? '').replace('KYC', 'POR') })],
    [
      'digest',
      ({ headers }) => ({ headers: { ...headers, 'content-digest': `sha-512=:${'A'.repeat(86)}==:` } }),
    ],
    ['idempotency key', ({ headers }) => ({ headers: { ...headers, 'idempotency-key': 'another' } })],
    ['content type', ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/plain' } })],
    ['accepted type', ({ headers }) => ({ headers: { ...headers, accept: '*/*' } })],
    ['credential', ({ headers }) => ({ headers: { ...headers, authorization: 'Bearer x' } })],
    ['nonce', ({ headers }) => ({ headers: mended(headers, /nonce="./, 'nonce="_') })],
    ['time of its end', ({ headers }) => ({ headers: mended(headers, /expires=\d/, 'expires=9') })],
    ['list of what is signed', ({ headers }) => ({ headers: mended(headers, ' "accept"', '') })],
    ['version', ({ headers }) => ({ headers: { ...headers, 'upvest-signature-version': '6' } })],
  ])('a request whose %s was changed', async (_what, change) => {
    const signed = await signedPost(privateKey);
    expect(await send({ ...signed, ...change(signed) })).toBe(401);
    expect(await send(signed)).toBe(405);
  });
});

function mended(headers: WireRequest['headers'], from: string | RegExp, to: string): WireRequest['headers'] {
  return { ...headers, 'signature-input': (headers['signature-input'] ?? '').replace(from, to) };
}

const common = () => ({ accept: 'application/json', 'upvest-client-id': settings.clientId ?? '' });

/** A token as the room gets it. */
async function token(key: KeyObject): Promise<string> {
  const own = openSigned(key);
  await own.fetchByUser?.(userId(), READ);
  await own.close();
  return String(sandbox.requests.at(-1)?.headers['authorization']);
}

async function signedGet(key: KeyObject): Promise<WireRequest> {
  const headers = { ...common(), authorization: await token(key) };
  const path = `/users/${userId()}/checks`;
  return createSigner({ key, keyId: KEY_ID })({ method: 'GET', path, headers, body: null });
}

async function signedPost(key: KeyObject): Promise<WireRequest> {
  const headers = {
    ...common(),
    authorization: await token(key),
    'content-type': 'application/json',
    'idempotency-key': '8f2c',
  };
  const path = `/users/${userId()}/checks?dry=1`;
  const body = JSON.stringify({ type: 'KYC', confirmed_address: { city: 'Köln' } });
  return createSigner({ key, keyId: KEY_ID })({ method: 'POST', path, headers, body });
}

/** Sends it byte for byte and gives the status of the answer. */
async function send({ method, path, headers, body }: WireRequest): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { hostname, port } = new URL(settings.baseUrl);
  httpRequest({ hostname, port, method, path, headers }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0));
  })
    .on('error', reject)
    .end(body ?? undefined);
  return promise;
}
