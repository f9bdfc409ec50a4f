import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { UnauthenticatedError } from '#access/unauthenticated-error';

import { openRaw, sendRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

const APP = 'https://app.example';
const CORS = /^access-control-/;

describe('a page of another origin', () => {
  let server: TinyServer;
  beforeAll(async () => {
    const corsOrigins = [APP, 'http://localhost:3000'];
    server = await startTinyServer({ reach: { kind: 'NAMED', allowedHosts: null, corsOrigins } });
  });
  afterAll(async () => await server.close());

  const preflight = (origin: string, more: Record<string, string> = {}) =>
    fetch(server.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', ...more },
    });
  const corsOf = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => CORS.test(name)));
  const crossSite = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };

  test('that is listed may ask, and read the answer', async () => {
    const response = await server.ask('{ hello }', { headers: { origin: APP, ...crossSite } });
    expect(await response.json()).toEqual({ data: { hello: 'world' } });
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-expose-headers': 'retry-after, x-request-id',
    });
    expect(response.headers.get('vary')).toMatch(/origin/i);
    expect(response.headers.get('vary')).toMatch(/accept/i);
  });

  test('that is listed is told what it may send, and never to send cookies', async () => {
    const response = await preflight(APP, { 'access-control-request-headers': 'authorization, x-evil' });
    expect(response.status).toBe(204);
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, last-event-id',
      'access-control-expose-headers': 'retry-after, x-request-id',
      'access-control-max-age': '600',
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('');
  });

  test.each([
    ['https://evil.example'],
    ['null'],
    ['https://app.example.evil.example'],
    ['https://sub.app.example'],
    ['http://app.example'],
    ['https://app.example:8443'],
    ['https://APP.example'],
    [`${APP}, https://evil.example`],
    ['*'],
  ])('%s is refused and told nothing', async (origin) => {
    for (const response of [
      await preflight(origin),
      await server.ask('{ hello }', { headers: { origin } }),
      await fetch(`${server.url}?query={hello}`, { headers: { origin } }),
    ]) {
      expect(response.status).toBe(403);
      expect(corsOf(response)).toEqual({});
      expect(response.headers.get('vary')).toMatch(/origin/i);
    }
  });

  test('that says two origins is refused', async () => {
    const body = '{"query":"{ hello }"}';
    const answer = await sendRaw(
      server.port,
      [
        'POST /graphql HTTP/1.1',
        `Host: ${server.host}`,
        `Origin: ${APP}`,
        'Origin: https://evil.example',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ],
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|403) /);
    expect(answer.toLowerCase()).not.toContain('access-control-');
  });

  test('that is listed still must not post forms', async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { origin: APP, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'query={hello}',
    });
    expect(response.status).toBe(415);
  });

  test('an OPTIONS that is no preflight is another method', async () => {
    const response = await fetch(server.url, { method: 'OPTIONS', headers: { origin: APP } });
    expect(response.status).toBe(405);
  });

  test('a program without an Origin is told nothing of pages', async () => {
    expect(corsOf(await server.ask('{ hello }'))).toEqual({});
  });
});

test('a page that is listed reads why it was refused', async () => {
  const server = await startTinyServer({
    reach: { kind: 'NAMED', allowedHosts: null, corsOrigins: [APP] },
    authenticate: () => Promise.reject(new UnauthenticatedError('No.')),
  });
  const response = await server.ask('{ hello }', { headers: { origin: APP } });
  await server.close();
  expect(response.status).toBe(401);
  expect(response.headers.get('access-control-allow-origin')).toBe(APP);
});

test('a gateway without a list, and an open one, answers no other page', async () => {
  for (const reach of [{ kind: 'LOOPBACK' }, { kind: 'NAMED', allowedHosts: null }] as const) {
    const server = await startTinyServer({ reach });
    const { socket, closed } = await openRaw(server.port);
    socket.end(
      `OPTIONS /graphql HTTP/1.1\r\nHost: ${server.host}\r\nOrigin: ${APP}\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`,
    );
    const answer = await closed;
    await server.close();
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer.toLowerCase()).not.toContain('access-control-');
  }
});
