import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';

import { sourceId } from '#kyc/source-id';

import type { Authorizer } from './authorizer.ts';
import { createUpstream } from './create-upstream.ts';
import { answerJson, type Script, ScriptedServer } from './scripted-server.ts';
import { SourceError } from './source-error.ts';
import { clientCredentials, keyExchange, noToken, staticToken } from './tokens.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function endpoint(script: Script): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(script);
  open.push(server);
  return server;
}

/** Grants t1, t2, t3 ... */
const grants =
  (rest: Record<string, unknown> = { token_type: 'Bearer', expires_in: 3600 }): Script =>
  (_request, response, count) =>
    answerJson(response, 200, { access_token: `t${count}`, ...rest });

function credentialsOf(server: ScriptedServer, timeoutMs = 5000): Authorizer {
  const tokenUrl = `${server.url}/oauth/token?tenant=a`;
  return clientCredentials({ tokenUrl, clientId: 'id', clientSecret: 'S3CRET&=', timeoutMs });
}

function upstreamTo(server: ScriptedServer, authorizer: Authorizer) {
  const options = { source: sourceId('TESTED'), timeoutMs: 5000, concurrency: 64, ratePerS: null };
  const upstream = createUpstream({ ...options, baseUrl: server.url, authorizer });
  open.push(upstream);
  return () => upstream.request({ method: 'GET', path: 'x', schema: z.unknown(), pace: 'READ' });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('credentials that never change', () => {
  test('are sent as they are, and there is nothing to renew', async () => {
    expect(await noToken().headers()).toEqual({});
    expect(await staticToken('abc').headers()).toEqual(bearer('abc'));
    expect(staticToken('abc').renew(bearer('abc'))).toBe(false);
    expect(noToken().renew({})).toBe(false);
  });
});

describe('what a token request looks like', () => {
  test('client credentials go in the form, with the headers that are wanted beside', async () => {
    const server = await endpoint(grants());
    const options = {
      tokenUrl: `${server.url}/oauth/token?tenant=a`,
      clientId: 'id',
      clientSecret: 'S3CRET&=',
    };
    const authorizer = clientCredentials({ ...options, timeoutMs: 5000, headers: { 'client-id': 'c' } });
    expect(await authorizer.headers()).toEqual(bearer('t1'));
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/oauth/token?tenant=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-id': 'c' },
      body: 'grant_type=client_credentials&client_id=id&client_secret=S3CRET%26%3D',
    });
  });

  test('a key exchange is Basic key:secret without a body', async () => {
    const server = await endpoint(grants());
    const options = { exchangeUrl: `${server.url}/v1/api-keys/exchange`, apiKey: 'kéy', apiSecret: 's:s' };
    expect(await keyExchange({ ...options, timeoutMs: 5000 }).headers()).toEqual(bearer('t1'));
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/v1/api-keys/exchange', body: '' });
    const [, basic = ''] = server.seen[0]?.headers.authorization?.split(' ') ?? [];
    expect(Buffer.from(basic, 'base64').toString('utf8')).toBe('kéy:s:s');
  });
});

describe('an endpoint that wants JSON', () => {
  const script: Script = (request, response, count) =>
    request.headers['content-type'] === 'application/json'
      ? answerJson(response, 200, { status_code: 200, data: { access_token: `t${count}` } })
      : answerJson(response, 422, {});

  test('is asked with JSON where that is allowed, from then on at once', async () => {
    const server = await endpoint(script);
    const options = {
      tokenUrl: server.url,
      clientId: 'id',
      clientSecret: 's',
      timeoutMs: 5000,
      orJson: true,
    };
    const authorizer = clientCredentials(options);
    expect(await authorizer.headers()).toEqual(bearer('t2'));
    expect(server.seen[1]?.body).toBe('{"client_id":"id","client_secret":"s"}');
    authorizer.renew(bearer('t2'));
    expect(await authorizer.headers()).toEqual(bearer('t3'));
  });

  test('is refused where it is not', async () => {
    const server = await endpoint(script);
    await expect(credentialsOf(server).headers()).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      httpStatus: null,
    });
    expect(server.seen).toHaveLength(1);
  });
});

describe('one token for all', () => {
  test('a hundred callers make one token request', async () => {
    const server = await endpoint(grants());
    const authorizer = credentialsOf(server);
    const got = await Promise.all(Array.from({ length: 100 }, () => authorizer.headers()));
    expect(new Set(got.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t1']));
    expect(await authorizer.headers()).toEqual(bearer('t1'));
    expect(server.seen).toHaveLength(1);
  });

  test('a waiter who gives up does not take the token from the others', async () => {
    const release = Promise.withResolvers<void>();
    const server = await endpoint((request, response, count) => {
      void release.promise.then(() => grants()(request, response, count));
    });
    const authorizer = credentialsOf(server);
    const caller = new AbortController();
    const first = authorizer.headers(caller.signal);
    const second = authorizer.headers();
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
    caller.abort('enough');
    await expect(first).rejects.toBe('enough');
    release.resolve();
    expect(await second).toEqual(bearer('t1'));
    expect(server.seen).toHaveLength(1);
  });

  test('a failed request is not remembered', async () => {
    const server = await endpoint((request, response, count) =>
      count === 1 ? answerJson(response, 500, {}) : grants()(request, response, count),
    );
    const authorizer = credentialsOf(server);
    await expect(authorizer.headers()).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(await authorizer.headers()).toEqual(bearer('t2'));
  });
});

describe('expiry', () => {
  test('a token is renewed before it expires', async () => {
    const server = await endpoint(grants({ expires_in: 100 }));
    const authorizer = credentialsOf(server);
    const clock = vi.spyOn(performance, 'now');
    const askedAtMs = 1000;
    clock.mockReturnValue(askedAtMs);
    await authorizer.headers();
    clock.mockReturnValue(askedAtMs + 89_000);
    expect(await authorizer.headers()).toEqual(bearer('t1'));
    clock.mockReturnValue(askedAtMs + 90_000);
    expect(await authorizer.headers()).toEqual(bearer('t2'));
    clock.mockRestore();
  });

  test.each<[string, Record<string, unknown>]>([
    ['no lifetime', {}],
    ['null', { expires_in: null }],
    ['words', { expires_in: 'soon' }],
    ['0', { expires_in: 0 }],
    ['text of digits', { expires_in: '3600' }],
  ])('%s: the token is used until it is refused', async (_name, rest) => {
    const server = await endpoint(grants(rest));
    const authorizer = credentialsOf(server);
    await authorizer.headers();
    expect(await authorizer.headers()).toEqual(bearer('t1'));
  });
});

describe('a refused token', () => {
  test('is renewed once, however many calls get their 401 together', async () => {
    const tokens = await endpoint(grants());
    const held: (() => void)[] = [];
    const data = await endpoint((request, response) => {
      if (request.headers.authorization !== 'Bearer t1') return answerJson(response, 200, {});
      return void held.push(() => answerJson(response, 401, {}));
    });
    const call = upstreamTo(data, credentialsOf(tokens));
    const calls = Array.from({ length: 50 }, call);
    await vi.waitFor(() => expect(held).toHaveLength(50));
    for (const refuse of held) refuse();
    await Promise.all(calls);
    expect(tokens.seen).toHaveLength(2);
    expect(data.seen).toHaveLength(100);
  });

  test('and refused again ends the call', async () => {
    const tokens = await endpoint(grants());
    const data = await endpoint((_request, response) => answerJson(response, 401, {}));
    await expect(upstreamTo(data, credentialsOf(tokens))()).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    expect(data.seen).toHaveLength(2);
    expect(tokens.seen).toHaveLength(2);
  });

  test('a late 401 of an old token leaves the new one', async () => {
    const server = await endpoint(grants());
    const authorizer = credentialsOf(server);
    const old = await authorizer.headers();
    authorizer.renew(old);
    await authorizer.headers();
    expect(authorizer.renew(old)).toBe(true);
    expect(await authorizer.headers()).toEqual(bearer('t2'));
  });

  test('a static one is not sent twice', async () => {
    const data = await endpoint((_request, response) => answerJson(response, 401, {}));
    await expect(upstreamTo(data, staticToken('abc'))()).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    expect(data.seen).toHaveLength(1);
  });
});

describe('a token endpoint at fault', () => {
  test.each<[string, Script, string]>([
    ['400', (_q, response) => answerJson(response, 400, { error: 'S3CRET' }), 'SOURCE_REFUSED'],
    ['401', (_q, response) => answerJson(response, 401, { error: 'S3CRET' }), 'SOURCE_REFUSED'],
    ['404', (_q, response) => answerJson(response, 404, {}), 'SOURCE_REFUSED'],
    ['429', (_q, response) => answerJson(response, 429, {}), 'SOURCE_RATE_LIMITED'],
    ['503', (_q, response) => answerJson(response, 503, {}), 'SOURCE_UNREACHABLE'],
    ['a cut connection', (_q, response) => response.destroy(), 'SOURCE_UNREACHABLE'],
    ['HTML', (_q, response) => response.end('<html>S3CRET</html>'), 'SOURCE_BAD_PAYLOAD'],
    ['no token', (_q, response) => answerJson(response, 200, { token: 'S3CRET' }), 'SOURCE_BAD_PAYLOAD'],
    ['a token with a line break', grantOf({ access_token: 'a\r\nx: S3CRET' }), 'SOURCE_BAD_PAYLOAD'],
    ['another type of token', grantOf({ access_token: 'a', token_type: 'mac' }), 'SOURCE_BAD_PAYLOAD'],
    ['silence', () => {}, 'SOURCE_TIMEOUT'],
  ])('%s', async (_name, script, code) => {
    const server = await endpoint(script);
    const error: unknown = await credentialsOf(server, 200)
      .headers()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toMatch(/S3CRET|127\.0\.0\.1/);
    expect(server.seen).toHaveLength(1);
  });

  function grantOf(body: unknown): Script {
    return (_request, response) => answerJson(response, 200, body);
  }
});
