import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

test('passes every audit of GraphQL over HTTP', async () => {
  const audits = serverAudits({ url: () => server.url });
  const results = await Promise.all(audits.map(async (audit) => await audit.fn()));
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(results).toHaveLength(61);
});

test('answers a query by GET, and refuses a mutation by GET', async () => {
  const query = await fetch(`${server.url}?query={hello}`);
  expect(await query.json()).toEqual({ data: { hello: 'world' } });
  const mutation = await fetch(`${server.url}?query=mutation{write}`);
  expect(mutation.status).toBe(405);
  expect(server.probe.calls).toEqual([]);
  expect(await (await server.ask('mutation { write }')).json()).toEqual({ data: { write: 'written' } });
});

test('gives the resolvers the request id that the caller sees, and takes none from the caller', async () => {
  const response = await server.ask('{ requestId }', { headers: { 'x-request-id': 'mine' } });
  const id = response.headers.get('x-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await response.json()).toEqual({ data: { requestId: id } });
});

test('data are never cached, framed, sniffed or shared', async () => {
  const { headers } = await server.ask('{ hello }');
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    vary: expect.stringMatching(/accept/i),
  });
});

test.each([
  ['/'],
  ['/graphql/x'],
  ['/graphiql/../package.json'],
  ['/graphiql/%2e%2e/package.json'],
  ['/metrics'],
])('%s is nothing', async (path) => {
  const { socket, closed } = await openRaw(server.port);
  socket.end(`GET ${path} HTTP/1.1\r\nHost: ${server.host}\r\nConnection: close\r\n\r\n`);
  expect(await closed).toMatch(/^HTTP\/1\.1 404 /);
});

describe('health', () => {
  test('the process lives', async () => {
    expect((await fetch(`${server.origin}/health`)).status).toBe(200);
  });

  test.each([
    [{ status: 'ready' }, async (): Promise<null> => null, 200],
    [{ status: 'not ready', code: 'STORE_NOT_WRITABLE' }, async () => 'STORE_NOT_WRITABLE' as const, 503],
    [
      { status: 'not ready', code: 'STORE_UNAVAILABLE' },
      async (): Promise<null> => Promise.reject(new Error('secret7')),
      503,
    ],
  ])('is %j', async (body, whyNotReady, status) => {
    const probed = await startTinyServer({ whyNotReady });
    const response = await fetch(`${probed.origin}/ready`);
    const text = await response.text();
    await probed.close();
    expect(response.status).toBe(status);
    expect(text).toBe(JSON.stringify(body));
  });
});

test('refuses an address that is taken', async () => {
  await expect(
    startTinyServer({ settings: { host: '127.0.0.1', port: server.port, maxBodyBytes: 1024 } }),
  ).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('tells the resolvers when the caller goes away', async () => {
  const abandoned = await startTinyServer();
  const leave = new AbortController();
  const asked = fetch(`${abandoned.url}?query={held}`, { signal: leave.signal });
  await abandoned.probe.entered.promise;
  leave.abort();
  await expect(asked).rejects.toThrow();
  await abandoned.probe.aborted.promise;
  abandoned.probe.release.resolve();
  await abandoned.close();
});

describe('at its end', () => {
  test('finishes requests in flight, closes idle connections and takes no new ones', async () => {
    const ending = await startTinyServer({ times: { drainGraceMs: 60_000, keepAliveTimeoutMs: 60_000 } });
    const idle = await openRaw(ending.port);
    idle.socket.write(`GET /health HTTP/1.1\r\nHost: ${ending.host}\r\n\r\n`);
    const asked = fetch(`${ending.url}?query={held}`);
    await ending.probe.entered.promise;
    const closed = ending.close();
    await idle.closed;
    await expect(fetch(`${ending.origin}/health`)).rejects.toThrow();
    ending.probe.release.resolve();
    expect(await (await asked).json()).toEqual({ data: { held: 'done' } });
    await closed;
  });

  test('cuts what outlasts the grace', async () => {
    const ending = await startTinyServer({ times: { drainGraceMs: 50 } });
    const asked = fetch(`${ending.url}?query={held}`);
    const failed = expect(asked).rejects.toThrow();
    await ending.probe.entered.promise;
    await ending.close();
    await failed;
    ending.probe.release.resolve();
  });
});
