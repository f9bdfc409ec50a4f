import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';

import fc from 'fast-check';
import { httpbis } from 'http-message-signatures';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { answerJson, type SeenRequest } from './scripted-server.ts';
import type { WireRequest } from './send.ts';
import { createRequestSigner } from './sign-request.ts';
import { Bench, failure, fine, get } from './test-bench.ts';
import { clientCredentials } from './tokens.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer = createRequestSigner({
  label: 'sig1',
  keyId: 'key-1',
  sign: async (data) => sign(null, data, privateKey),
  headers: ['accept', 'authorization', 'content-length', 'content-type', 'content-digest'],
  lifetimeS: 60,
});

const bench = new Bench();
afterEach(() => bench.close());

type Seen = Pick<SeenRequest, 'method' | 'url' | 'headers' | 'body'>;

/** What a library that shares no code with the signer says; it leaves the digest to its caller. */
async function isVerified({ method, url, headers, body }: Seen): Promise<boolean> {
  const plain = Object.entries(headers).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  const message = { method, url: `http://source.example${url}`, headers: Object.fromEntries(plain) };
  const keyLookup = async (parameters: { keyid?: string }) => ({
    id: parameters.keyid ?? '',
    verify: async (data: Buffer, signature: Buffer) => verify(null, data, publicKey, signature),
  });
  const requiredParams = ['keyid', 'created', 'expires', 'nonce'];
  const verified = await httpbis.verifyMessage({ keyLookup, all: true, requiredParams }, message);
  const digest = `sha-512=:${createHash('sha512').update(body, 'utf8').digest('base64')}:`;
  return verified === true && headers['content-digest'] === (body === '' ? undefined : digest);
}

const coveredBy = ({ headers }: Seen) =>
  [...String(headers['signature-input']).matchAll(/"([^"]+)"(?=[ )])/g)].map(([, name]) => name);
const nonceOf = ({ headers }: Seen) => /;nonce="([^"]+)"/.exec(String(headers['signature-input']))?.[1];

describe('over the wire', () => {
  test('a read without a query is verified by another library', async () => {
    const { server, upstream } = await bench.serve(fine, { sign: signer });
    await upstream.request(get);
    const [seen] = server.seen;
    expect(seen && (await isVerified(seen))).toBe(true);
    expect(seen && coveredBy(seen)).toEqual(['@method', '@path', 'accept']);
  });

  test('a query is signed as it is sent', async () => {
    const { server, upstream } = await bench.serve(fine, { sign: signer });
    await upstream.request({ ...get, query: { a: ['1', "é '&="], b: '?' } });
    const [seen] = server.seen;
    expect(seen && (await isVerified(seen))).toBe(true);
    expect(seen && coveredBy(seen)).toContain('@query');
  });

  test('a body is signed by the length and digest of its bytes', async () => {
    const { server, upstream } = await bench.serve(fine, { sign: signer });
    await upstream.request({ ...get, method: 'POST', json: { name: 'Zoë 美咲 \u2028' } });
    const [seen] = server.seen;
    expect(seen && (await isVerified(seen))).toBe(true);
    expect(seen && coveredBy(seen)).toEqual([
      '@method',
      '@path',
      'accept',
      'content-length',
      'content-type',
      'content-digest',
    ]);
    expect(seen && (await isVerified({ ...seen, body: seen.body.replace('Zoë', 'Zoe') }))).toBe(false);
  });

  test('each attempt is signed anew', async () => {
    const { server, upstream } = await bench.serve(
      (request, response, count) =>
        count < 3 ? answerJson(response, 503, {}) : fine(request, response, count),
      { sign: signer },
    );
    await upstream.request(get);
    expect(server.seen).toHaveLength(3);
    expect(await Promise.all(server.seen.map(isVerified))).toEqual([true, true, true]);
    expect(new Set(server.seen.map(nonceOf)).size).toBe(3);
  });

  test('so are the request for a token, and the call that follows a refused one', async () => {
    const { server } = await bench.serve((request, response, count) => {
      if (request.url === '/token') return answerJson(response, 200, { access_token: `t${count}` });
      return request.headers.authorization === 'Bearer t1'
        ? answerJson(response, 401, {})
        : answerJson(response, 200, { ok: true });
    });
    const credentials = {
      tokenUrl: `${server.url}/token`,
      clientId: 'c',
      clientSecret: 's',
      timeoutMs: 5000,
    };
    const authorizer = clientCredentials({ ...credentials, sign: signer });
    await bench.upstreamTo(server.url, { authorizer, sign: signer }).request(get);
    expect(server.seen.map(({ url }) => url)).toEqual(['/token', '/things', '/token', '/things']);
    expect(await Promise.all(server.seen.map(isVerified))).toEqual([true, true, true, true]);
    expect(new Set(server.seen.map(nonceOf)).size).toBe(4);
    expect(server.seen.map((seen) => coveredBy(seen).includes('authorization'))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('a key that fails fails the call, and shows nothing', async () => {
    const broken = createRequestSigner({
      label: 'sig1',
      keyId: 'key-1',
      sign: () => Promise.reject(new Error('-----BEGIN PRIVATE KEY-----')),
      headers: [],
      lifetimeS: 60,
    });
    const { server, upstream } = await bench.serve(fine, { sign: broken });
    const error = await failure(upstream.request({ ...get, schema: z.unknown() }));
    expect([error.code, error.message]).toEqual(['SOURCE_REFUSED', 'The request could not be signed.']);
    expect(error.cause).toBeUndefined();
    expect(server.seen).toEqual([]);
  });
});

test('whatever the request, another library reads it the same', async () => {
  const segment = fc
    .string({ unit: 'binary' })
    .filter((text) => text.isWellFormed() && !/^\.{0,2}$/.test(text));
  const query = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  const property = fc.asyncProperty(
    segment,
    query,
    fc.string({ unit: 'binary' }),
    async (id, fields, body) => {
      const text = new URLSearchParams(fields).toString();
      const request: WireRequest = {
        method: 'POST',
        path: `/users/${encodeURIComponent(id)}/checks${text === '' ? '' : `?${text}`}`,
        headers: { accept: 'application/json', authorization: 'Bearer t', 'content-type': 'text/plain' },
        body,
      };
      const { headers, path: url } = await signer(request);
      expect(await isVerified({ method: 'POST', url, headers, body })).toBe(true);
    },
  );
  await fc.assert(property, { numRuns: 100 });
});

test('what a signature covers cannot be changed', async () => {
  const headers = { accept: 'application/json', authorization: 'Bearer t' };
  const signed = await signer({ method: 'GET', path: '/users/u1/checks?a=1', headers, body: null });
  const seen: Seen = { method: 'GET', url: signed.path, headers: signed.headers, body: '' };
  expect(await isVerified(seen)).toBe(true);
  const changed: Partial<Seen>[] = [
    { method: 'DELETE' },
    { url: '/users/u2/checks?a=1' },
    { url: '/users/u1/checks?a=2' },
    { url: '/users/u1/checks' },
    ...Object.keys(signed.headers)
      .filter((name) => name !== 'signature')
      .map((name) => ({ headers: { ...signed.headers, [name]: altered(signed.headers[name] ?? '') } })),
  ];
  for (const change of changed) {
    expect(await isVerified({ ...seen, ...change }).catch(() => false), JSON.stringify(change)).toBe(false);
  }
});

/** One digit or letter another: what is left can still be read. */
function altered(value: string): string {
  return value.replace(/[a-z0-9](?=[^a-z0-9]*$)/i, (last) => (last === '1' ? '2' : '1'));
}
