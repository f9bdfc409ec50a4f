import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { sendRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

async function statusOf(server: TinyServer, headers: readonly string[]): Promise<number> {
  const lines = ['GET /graphql?query=%7Bhello%7D HTTP/1.1', 'Connection: close', ...headers];
  return Number((await sendRaw(server.port, lines)).split(' ', 2)[1]);
}

describe('where callers are asked who they are', () => {
  let server: TinyServer;
  beforeAll(async () => {
    server = await startTinyServer({ reach: { kind: 'NAMED', allowedHosts: null } });
  });
  afterAll(async () => await server.close());
  const us = () => `Host: 127.0.0.1:${server.port}`;

  test('Host is loopback or the name that it listens on, with its port', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]'])
      expect(await statusOf(server, [`Host: ${name}:${server.port}`])).toBe(200);
    for (const host of ['evil.example', `evil.example:${server.port}`, 'localhost', '127.0.0.1:1', ''])
      expect([400, 421]).toContain(await statusOf(server, [`Host: ${host}`]));
  });

  test.each([
    ['Forwarded: for=1.2.3.4;host=evil.example'],
    ['X-Forwarded-For: 1.2.3.4'],
    ['X-Forwarded-Host: evil.example'],
    ['Via: 1.1 proxy'],
  ])('%s is not looked at', async (header) => {
    expect(await statusOf(server, [us(), header])).toBe(200);
    expect(await statusOf(server, ['Host: evil.example', `X-Forwarded-Host: 127.0.0.1:${server.port}`])).toBe(
      421,
    );
  });

  test('pages of other origins may not ask, and there are no CORS headers', async () => {
    expect(await statusOf(server, [us(), `Origin: ${server.origin}`])).toBe(200);
    // As a proxy that ends TLS passes it on.
    expect(await statusOf(server, [us(), `Origin: https://127.0.0.1:${server.port}`])).toBe(200);
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1'])
      expect(await statusOf(server, [us(), `Origin: ${origin}`])).toBe(403);
    const preflight = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.status).toBe(405);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

test('ALLOWED_HOSTS is the whole list, to the letter', async () => {
  const allowedHosts = ['gateway.example', 'gateway.example:8443'];
  const server = await startTinyServer({ reach: { kind: 'NAMED', allowedHosts } });
  for (const host of ['gateway.example', 'GATEWAY.example:8443'])
    expect(await statusOf(server, [`Host: ${host}`])).toBe(200);
  for (const host of [
    `127.0.0.1:${server.port}`,
    'gateway.example:80',
    'a.gateway.example',
    'gateway.example.',
  ])
    expect(await statusOf(server, [`Host: ${host}`])).toBe(421);
  expect(await statusOf(server, ['Host: gateway.example', 'Origin: https://gateway.example'])).toBe(200);
  expect(await statusOf(server, ['Host: gateway.example', 'Origin: https://gateway.example:8443'])).toBe(403);
  await server.close();
});
