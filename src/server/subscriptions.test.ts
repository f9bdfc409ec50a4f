import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { events, hear } from './testing/subscribe.ts';
import { openRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

const FOLLOW = 'subscription { follow }';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

describe('server-sent events', () => {
  test.each([['GET'], ['POST']] as const)(
    'come by %s, from the position on that they begin at',
    async (method) => {
      const response = await events(server, FOLLOW, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const heard = await hear(response, /id: c3/);
      expect(heard).toMatch(
        /^:\nretry: \d+\n\n:\nid: c0\n\nevent: next\nid: c1\ndata: \{"data":\{"follow":1\}/,
      );
    },
  );

  test('go on after Last-Event-ID, whatever the operation says', async () => {
    const query = 'subscription { follow(after: "c0") }';
    const response = await events(server, query, { headers: { 'last-event-id': 'c2' } });
    expect(await hear(response, /id: c3/)).not.toContain('id: c1\n');
  });

  test('end when there is no more, and queries have one', async () => {
    expect(await hear(await events(server, 'subscription { count(to: 2) }'), /complete/)).toContain(
      '{"count":2}',
    );
    const answer = await hear(await events(server, '{ hello coded }'), /event: complete\ndata: \n\n/);
    expect(answer).toContain('data: {"errors":[{"message":"Not for you."');
    expect(answer).toContain('"data":{"hello":"world","coded":null}');
  });

  test('are what a subscription comes as where nothing else is asked for', async () => {
    const response = await fetch(`${server.url}?query=${FOLLOW}`);
    await hear(response, /id: c3/);
    expect((await server.ask(FOLLOW, { headers: { accept: 'application/json' } })).status).toBe(406);
  });

  test('tell masked errors, with the id of their request', async () => {
    const response = await events(server, 'subscription { crashesLater }');
    const heard = await hear(response, /event: complete/);
    expect(heard).toContain('{"data":{"crashesLater":1}}');
    expect(heard).toContain(
      `"code":"INTERNAL_SERVER_ERROR","requestId":"${response.headers.get('x-request-id')}"`,
    );
    expect(heard + server.logLines.join('')).not.toContain('X1234567');
  });
});

test('a stream behind another of its connection never begins, and keeps no place', async () => {
  const settings = { host: '127.0.0.1', port: 0, maxBodyBytes: 4096, subscriptionsPerCaller: 2 };
  const piped = await startTinyServer({ settings });
  const { socket, heard } = await openRaw(piped.port);
  socket.write(`GET /graphql?query=subscription{follow} HTTP/1.1\r\nHost: ${piped.host}\r\n\r\n`.repeat(2));
  await expect.poll(heard).toContain('id: c3');
  await hear(await events(piped, FOLLOW), /id: c3/);
  expect(heard().match(/id: c3/g)).toHaveLength(1);
  await piped.close();
});

describe('what is refused', () => {
  test.each([
    ['a text that is none', '{', 400],
    ['a field that is none', 'subscription { nothing }', 400],
    ['a cursor that is none', 'subscription { follow(after: "x") }', 400],
    ['a cursor that expired', 'subscription { follow(after: "c9") }', 400],
    ['what fails', 'subscription { crashesAtOnce }', 500],
    ['a mutation', 'mutation { write }', 405],
  ])('%s is a status to a browser, which stays away then', async (_, query, status) => {
    const response = await events(server, query);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/json/);
    expect(await response.json()).toEqual({
      errors: [expect.objectContaining({ message: expect.any(String) })],
    });
    expect(server.probe.calls).not.toContain('write');
  });

  test.each([
    ['a cursor that expired', 'subscription { follow(after: "c9") }', 'CURSOR_EXPIRED'],
    ['a text that is none', '{', 'GRAPHQL_PARSE_FAILED'],
  ])('%s is an event to a client of the protocol', async (_, query, code) => {
    const heard = await hear(await events(server, query, { method: 'POST' }), /event: complete\ndata: \n\n/);
    expect(heard).toMatch(/^:\nretry: \d+\n\nevent: next\ndata: \{"errors":/);
    expect(heard).toContain(code);
    expect(heard).not.toContain('"http"');
  });

  test('what may pass is a status to both', async () => {
    expect((await events(server, 'subscription { crashesAtOnce }', { method: 'POST' })).status).toBe(500);
  });

  test.each([['x'], ['c'.repeat(2000)], ['c9']])('Last-Event-ID %.9s', async (id) => {
    const response = await events(server, FOLLOW, { headers: { 'last-event-id': id } });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/BAD_USER_INPUT|CURSOR_EXPIRED/);
  });

  test.each([['application/x-www-form-urlencoded'], ['text/plain'], ['multipart/form-data; boundary=x']])(
    'a POST of %s, which any page can send',
    async (type) => {
      const headers = { 'content-type': type };
      expect((await events(server, FOLLOW, { method: 'POST', headers })).status).toBe(415);
    },
  );

  test('a page of another origin', async () => {
    expect((await events(server, FOLLOW, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await events(server, FOLLOW, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  });
});
