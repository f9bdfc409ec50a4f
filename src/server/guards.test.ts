import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { sendRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

/** A GET of a query with exactly these headers; answers the status line's number and the whole answer. */
async function get(headers: readonly string[], target = '/graphql?query=%7Bhello%7D') {
  const text = await sendRaw(server.port, [`GET ${target} HTTP/1.1`, 'Connection: close', ...headers]);
  return { status: Number(text.split(' ', 2)[1]), text };
}
const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];
async function openSocket(headers: readonly string[], target = '/graphql') {
  const text = await sendRaw(server.port, [`GET ${target} HTTP/1.1`, ...upgrade, ...headers]);
  return { status: Number(text.split(' ', 2)[1]), text };
}
const us = () => `Host: 127.0.0.1:${server.port}`;

describe('Host', () => {
  test.each([['localhost'], ['127.0.0.1'], ['[::1]'], ['LocalHost']])(
    '%s with our port passes',
    async (name) => {
      expect(await get([`Host: ${name}:${server.port}`])).toMatchObject({
        status: 200,
        text: expect.stringContaining('world'),
      });
    },
  );

  test.each([
    ['another name', () => [`Host: evil.example:${server.port}`]],
    ['a name that begins like ours', () => [`Host: localhost.evil.example:${server.port}`]],
    ['another port', () => ['Host: 127.0.0.1:1']],
    ['no port', () => ['Host: localhost']],
    ['an empty one', () => ['Host:']],
    ['two', () => [us(), 'Host: evil.example']],
  ])('%s is refused before GraphQL, also for an upgrade', async (_, headers) => {
    expect((await get(headers())).text).not.toContain('world');
    expect([400, 421]).toContain((await get(headers())).status);
    expect([400, 421]).toContain((await openSocket(headers())).status);
  });

  test('is judged by the header, not by an absolute target', async () => {
    const { status } = await get(
      ['Host: evil.example'],
      `http://127.0.0.1:${server.port}/graphql?query=%7Bhello%7D`,
    );
    expect(status).toBe(421);
  });

  test('is needed at health too', async () => {
    expect((await get(['Host: evil.example'], '/health')).status).toBe(421);
  });
});

describe('Origin', () => {
  test('of our own page passes', async () => {
    expect((await get([us(), `Origin: ${server.origin}`, 'Sec-Fetch-Site: same-origin'])).status).toBe(200);
  });

  test.each([
    ['https://evil.example'],
    ['null'],
    ['http://127.0.0.1:1'],
    ['http://localhost.evil.example'],
    [''],
  ])('%j is refused, also for an upgrade, and gets no CORS header', async (origin) => {
    const answer = await get([us(), `Origin: ${origin}`]);
    expect(answer.status).toBe(403);
    expect(answer.text.toLowerCase()).not.toContain('access-control-');
    expect((await openSocket([us(), `Origin: ${origin}`])).status).toBe(403);
  });

  test('our scheme must match too', async () => {
    expect((await get([us(), `Origin: https://127.0.0.1:${server.port}`])).status).toBe(403);
  });

  test.each([['cross-site'], ['same-site']])(
    'a %s script or image, which sends no Origin, is refused',
    async (site) => {
      expect((await get([us(), `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: no-cors'])).status).toBe(403);
    },
  );

  test('a link to GraphiQL may be followed', async () => {
    const navigation = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Accept: text/html'];
    expect((await get([us(), ...navigation], '/graphql')).text).toContain('text/html');
  });

  test('a preflight is answered without CORS headers', async () => {
    const answer = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(405);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

test.each([
  ['Forwarded: for=1.2.3.4'],
  ['X-Forwarded-For: 1.2.3.4'],
  ['x-forwarded-proto: https'],
  ['X-Real-IP: 1.2.3.4'],
  ['Via: 1.1 proxy'],
  ['X-Forwarded-For:'],
  ['X-Forwarded: 1.2.3.4'],
  ['X-Client-IP: 1.2.3.4'],
  ['Client-IP: 1.2.3.4'],
  ['CF-Connecting-IP: 1.2.3.4'],
  ['True-Client-IP: 1.2.3.4'],
  ['X-Cluster-Client-IP: 1.2.3.4'],
  ['Fastly-Client-IP: 1.2.3.4'],
  ['X-Envoy-External-Address: 1.2.3.4'],
])('%s is refused, also for an upgrade', async (header) => {
  expect((await get([us(), header])).status).toBe(403);
  expect((await openSocket([us(), header])).status).toBe(403);
});

test('there is nothing to become on any other path, and the connection is closed', async () => {
  const answer = await openSocket([us()], '/');
  expect(answer.status).toBe(404);
  expect(answer.text).toMatch(/connection: close/i);
});
