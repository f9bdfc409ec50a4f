import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openRaw, sendRaw } from '#server/testing/tiny-server';

import { type Edge, startEdge } from '../harness/edge.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(async () => await edge.close());

const QUERY = JSON.stringify({ query: '{ viewer { kind } }' });
const MEGABYTE = 'x'.repeat(1_000_000);
const head = (...headers: readonly string[]) => [
  'POST /graphql HTTP/1.1',
  `Host: 127.0.0.1:${edge.port}`,
  'Content-Type: application/json',
  ...headers,
];
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Sends a head and then pieces for as long as the server takes them; answers what it said. */
async function flood(
  lines: readonly string[],
  pieces: readonly string[],
): Promise<{ text: string; sent: number }> {
  const { socket, closed } = await openRaw(edge.port);
  let open = true;
  void closed.then(() => {
    open = false;
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let sent = 0;
  for (const piece of pieces) {
    if (!open) break;
    if (!socket.write(piece))
      await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    sent += piece.length;
  }
  if (open) socket.end();
  return { text: await closed, sent };
}

describe('a body of 20 MB', () => {
  test('in chunks is refused, before a resolver runs and without being kept', async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 5; n += 1) {
      const { text } = await flood(
        head('Transfer-Encoding: chunked'),
        Array.from({ length: 20 }, () => chunk(MEGABYTE)),
      );
      expect(text).toMatch(/^HTTP\/1\.1 413 /);
      expect(text).toMatch(/cache-control: no-store/i);
    }
    // Five of them kept would be 100 MB.
    expect((process.memoryUsage().arrayBuffers - before) / 1e6).toBeLessThan(60);
    expect(edge.resolved).toEqual([]);
  });

  test('in chunks of one byte is refused as soon as it is too long', async () => {
    const bytes = chunk('x').repeat(70_000);
    const { text } = await flood(head('Transfer-Encoding: chunked'), [bytes]);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('that says its length is refused before it comes', async () => {
    const { text } = await flood(head('Content-Length: 20000000'), []);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('a length that lies', () => {
  const lies: readonly [string, readonly string[], string, RegExp][] = [
    ['too short', ['Content-Length: 5'], QUERY, /^HTTP\/1\.1 400 /],
    [
      'twice, and not the same',
      ['Content-Length: 5', `Content-Length: ${QUERY.length}`],
      QUERY,
      /^HTTP\/1\.1 400 /,
    ],
    [
      'beside chunks',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      `${chunk(QUERY)}0\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    ['negative', ['Content-Length: -1'], QUERY, /^HTTP\/1\.1 400 /],
    ['in words', ['Content-Length: many'], QUERY, /^HTTP\/1\.1 400 /],
    ['of more than a number holds', [`Content-Length: ${'9'.repeat(30)}`], '', /^HTTP\/1\.1 4\d\d /],
    ['of chunks that are none', ['Transfer-Encoding: chunked'], 'zz\r\n', /^HTTP\/1\.1 400 /],
    [
      'of a coding that is unknown',
      ['Transfer-Encoding: gzip, chunked'],
      `${chunk(QUERY)}0\r\n\r\n`,
      /^HTTP\/1\.1 [45]\d\d /,
    ],
  ];
  test.each(lies)('%s is refused, and nothing of it is run', async (_, headers, body, status) => {
    edge.resolved.length = 0;
    expect(await sendRaw(edge.port, head(...headers, 'Connection: close'), body)).toMatch(status);
    expect(edge.resolved).toEqual([]);
  });

  test('smuggles no second request in behind the first', async () => {
    edge.resolved.length = 0;
    const second = `0\r\n\r\nPOST /graphql HTTP/1.1\r\nHost: 127.0.0.1:${edge.port}\r\nContent-Type: application/json\r\nContent-Length: ${QUERY.length}\r\nConnection: close\r\n\r\n${QUERY}`;
    const headers = head(`Content-Length: ${second.length}`, 'Transfer-Encoding: chunked');
    expect(await sendRaw(edge.port, headers, second)).toMatch(/^HTTP\/1\.1 400 /);
    expect(edge.resolved).toEqual([]);
  });
});

describe('what is slow', () => {
  const times = { headersTimeoutMs: 1000, requestTimeoutMs: 1500, checkEveryMs: 50 };
  const pieces: readonly [string, (port: number) => string, string][] = [
    ['a head that never ends', () => 'POST /graphql HTTP/1.1\r\n', 'x-a: 1\r\n'],
    ['a head that says nothing', () => '', ''],
    [
      'a body of a known length',
      (port) =>
        `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n`,
      ' ',
    ],
    [
      'a body in chunks',
      (port) =>
        `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      chunk(' '),
    ],
  ];
  test.concurrent.each(pieces)('%s is cut off, and others are served meanwhile', async (_, begin, drop) => {
    const slow = await startEdge({ times });
    const clients = await Promise.all(Array.from({ length: 10 }, () => openRaw(slow.port)));
    for (const { socket } of clients) socket.write(begin(slow.port) || '\r\n');
    const drip = setInterval(() => {
      for (const { socket } of clients) if (drop !== '' && socket.writable) socket.write(drop);
    }, 20);
    expect((await slow.ask('{ viewer { kind } }')).status).toBe(200);
    const heard = await Promise.all(clients.map(({ closed }) => closed));
    clearInterval(drip);
    for (const text of heard) expect(text).not.toMatch(/^HTTP\/1\.1 (?:2|5)/);
    expect(slow.resolved).toEqual(['Query.viewer', 'Viewer.kind']);
    await slow.close();
    expect(slow.logLines.join()).not.toContain('"level":50');
  });
});

test('heads are bounded: many headers, long ones, and long addresses', async () => {
  const many = Array.from({ length: 3000 }, (_, n) => `x-${n}: 1`);
  for (const lines of [head(...many), head(`x-long: ${'x'.repeat(100_000)}`)])
    expect(await sendRaw(edge.port, lines)).toMatch(/^HTTP\/1\.1 431 /);
  const address = [`GET /graphql?query=${'x'.repeat(100_000)} HTTP/1.1`, `Host: 127.0.0.1:${edge.port}`];
  expect(await sendRaw(edge.port, address)).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test('variables and ids of any depth and length are refused or looked for, never a failure of ours', async () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  const bodies = [
    `{"query":"query ($ids: [ID!]!) { nodes(ids: $ids) { id } }","variables":{"ids":${deep}}}`,
    `{"query":"query ($ids: [ID!]!) { nodes(ids: $ids) { id } }","variables":{"ids":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}}`,
    `{"query":"{ viewer { kind } }","variables":{"__proto__":{"polluted":true},"constructor":1}}`,
    `{"query":"{ viewer { kind } }","extensions":${deep.replaceAll('[', '{"a":').slice(0, 40_000)}}`,
  ];
  for (const body of bodies) expect((await edge.post(body)).status).toBeLessThan(500);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(edge.logLines.join()).not.toContain('"level":50');
});
