import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openRaw, sendRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

const post = (headers: readonly string[]) => [
  'POST /graphql HTTP/1.1',
  `Host: ${server.host}`,
  'Content-Type: application/json',
  ...headers,
];
const query = JSON.stringify({ query: '{ hello }' });
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

describe('a body over the cap', () => {
  test('that says its length is refused before it is sent, and the connection closed', async () => {
    const text = await sendRaw(server.port, post(['Content-Length: 4097']));
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/connection: close/i);
  });

  test('in chunks that never end is refused and the connection closed', async () => {
    const { socket, closed } = await openRaw(server.port);
    socket.write(`${post(['Transfer-Encoding: chunked']).join('\r\n')}\r\n\r\n`);
    const flood = setInterval(() => socket.write(chunk('x'.repeat(1000))), 1);
    const text = await closed;
    clearInterval(flood);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('at most 4096 bytes');
  });

  test('is refused to an honest client, who hears it', async () => {
    const answer = await server.ask(`{ hello } # ${'x'.repeat(500_000)}`);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: 'A request body has at most 4096 bytes.',
          extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
        },
      ],
    });
  });
});

test('a body of exactly the cap passes, in chunks too', async () => {
  const body = query.padEnd(4096, ' ');
  const text = await sendRaw(
    server.port,
    post(['Connection: close', 'Transfer-Encoding: chunked']),
    `${chunk(body.slice(0, 10))}${chunk(body.slice(10))}0\r\n\r\n`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).toContain('"world"');
});

test.each([
  ['text/plain'],
  ['application/x-www-form-urlencoded'],
  ['multipart/form-data; boundary=x'],
  ['application/json, text/plain'],
  ['application/json; charset=utf-16'],
  ['application/jsonp'],
])('a POST of %s is not read', async (type) => {
  const answer = await fetch(server.url, { method: 'POST', headers: { 'content-type': type }, body: query });
  expect(answer.status).toBe(415);
});

test('a POST without a type, or packed, is not read', async () => {
  const bare = await fetch(server.url, { method: 'POST', body: new Uint8Array(Buffer.from(query)) });
  expect(bare.status).toBe(415);
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  expect((await fetch(server.url, { method: 'POST', headers, body: query })).status).toBe(415);
});

test.each([
  ['application/json', query],
  ['application/json; charset=UTF-8', query],
  ['Application/JSON', query],
  ['application/graphql', '{ hello }'],
])('a POST of %s is answered', async (type, body) => {
  const answer = await fetch(server.url, { method: 'POST', headers: { 'content-type': type }, body });
  expect(await answer.json()).toEqual({ data: { hello: 'world' } });
});

test('a list of operations is refused', async () => {
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `[${query},${query}]`,
  });
  expect(answer.status).toBe(400);
});

describe('a slow client', () => {
  const times = { headersTimeoutMs: 100, requestTimeoutMs: 200, checkEveryMs: 20 };

  test('that never ends its headers is cut off', async () => {
    const impatient = await startTinyServer({ times });
    const { socket, closed } = await openRaw(impatient.port);
    socket.write('GET /health HTTP/1.1\r\nHost: ');
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
    await impatient.close();
  });

  test('that never ends its body is cut off', async () => {
    const impatient = await startTinyServer({ times });
    const { socket, closed } = await openRaw(impatient.port);
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: ${impatient.host}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{`,
    );
    const drip = setInterval(() => socket.write(' '), 50);
    await closed;
    clearInterval(drip);
    await impatient.close();
    expect(impatient.logLines).toEqual([]);
  });
});
