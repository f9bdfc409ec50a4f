import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { LOCAL_OPERATOR } from '#access/principal';

import { openSocket } from './testing/socket-client.ts';
import { openRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

const END_USER = { ...LOCAL_OPERATOR, kind: 'END_USER', subject: 'ann', userId: 'u' } as const;
const FOLLOW = 'subscription { follow }';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

/** The answer to a subscription by server-sent events, whose end a test does not wait for. */
async function events(query: string, init: RequestInit & { method?: 'GET' | 'POST' } = {}, at = server) {
  const { method = 'GET', headers } = init;
  const accept = { accept: 'text/event-stream', ...(headers as Record<string, string>) };
  if (method === 'GET')
    return await fetch(`${at.url}?query=${encodeURIComponent(query)}`, { ...init, headers: accept });
  const json = { 'content-type': 'application/json', ...accept };
  return await fetch(at.url, { ...init, headers: json, body: JSON.stringify({ query }) });
}

/** What comes until it matches; then the client goes away. */
async function hear({ body }: Response, until: RegExp): Promise<string> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let heard = '';
  while (!until.test(heard)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The end came before ${String(until)}.`);
    heard += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return heard;
}

/** A WebSocket that has said who it is. */
async function connect(at = server) {
  const client = await openSocket(at.url.replace('http', 'ws'));
  await client.init();
  return client;
}

describe('server-sent events', () => {
  test.each([['GET'], ['POST']] as const)(
    'come by %s, from the position on that they begin at',
    async (method) => {
      const response = await events(FOLLOW, { method });
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
    const response = await events(query, { headers: { 'last-event-id': 'c2' } });
    expect(await hear(response, /id: c3/)).not.toContain('id: c1\n');
  });

  test('end when there is no more, and queries have one', async () => {
    expect(await hear(await events('subscription { count(to: 2) }'), /complete/)).toContain('{"count":2}');
    const answer = await hear(await events('{ hello coded }'), /event: complete\ndata: \n\n/);
    expect(answer).toContain('data: {"errors":[{"message":"Not for you."');
    expect(answer).toContain('"data":{"hello":"world","coded":null}');
  });

  test('are what a subscription comes as where nothing else is asked for', async () => {
    const response = await fetch(`${server.url}?query=${FOLLOW}`);
    await hear(response, /id: c3/);
    expect((await server.ask(FOLLOW, { headers: { accept: 'application/json' } })).status).toBe(406);
  });

  test('tell masked errors, with the id of their request', async () => {
    const response = await events('subscription { crashesLater }');
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
  await hear(await events(FOLLOW, {}, piped), /id: c3/);
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
    const response = await events(query);
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
    const heard = await hear(await events(query, { method: 'POST' }), /event: complete\ndata: \n\n/);
    expect(heard).toMatch(/^:\nretry: \d+\n\nevent: next\ndata: \{"errors":/);
    expect(heard).toContain(code);
    expect(heard).not.toContain('"http"');
  });

  test('what may pass is a status to both', async () => {
    expect((await events('subscription { crashesAtOnce }', { method: 'POST' })).status).toBe(500);
  });

  test.each([['x'], ['c'.repeat(2000)], ['c9']])('Last-Event-ID %.9s', async (id) => {
    const response = await events(FOLLOW, { headers: { 'last-event-id': id } });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/BAD_USER_INPUT|CURSOR_EXPIRED/);
  });

  test.each([['application/x-www-form-urlencoded'], ['text/plain'], ['multipart/form-data; boundary=x']])(
    'a POST of %s, which any page can send',
    async (type) => {
      const headers = { 'content-type': type };
      expect((await events(FOLLOW, { method: 'POST', headers })).status).toBe(415);
    },
  );

  test('a page of another origin', async () => {
    expect((await events(FOLLOW, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await events(FOLLOW, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  });
});

describe('over WebSocket', () => {
  test('an operation of any kind is answered, with cursors', async () => {
    const client = await connect();
    client.subscribe('q', '{ hello }');
    expect(await client.hears('next', 'q')).toMatchObject({ payload: { data: { hello: 'world' } } });
    client.subscribe('m', 'mutation { write }');
    expect(await client.hears('next', 'm')).toMatchObject({ payload: { data: { write: 'written' } } });
    client.subscribe('s', 'subscription F($after: String) { follow(after: $after) }', {
      variables: { after: 'c2' },
    });
    expect(await client.hears('next', 's')).toEqual({
      id: 's',
      type: 'next',
      payload: { data: { follow: 3 }, extensions: { cursor: 'c3' } },
    });
    expect(await client.hears('ping')).toMatchObject({ payload: { cursor: 'c2', subscription: 's' } });
    client.socket.close();
  });

  test('errors are masked, and a text that is none poisons nothing', async () => {
    const client = await connect();
    const asked = ['{ secret: ', '{ nothing }', 'subscription { crashesAtOnce }', '{ crash }'];
    for (const [id, query] of asked.entries()) {
      client.subscribe(String(id), query);
      await (id === 3 ? client.hears('next', '3') : client.hears('error', String(id)));
    }
    const heard = JSON.stringify(client.heard);
    expect(heard).toContain('GRAPHQL_PARSE_FAILED');
    expect(heard).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(heard).toContain('INTERNAL_SERVER_ERROR');
    expect(heard).not.toMatch(/X1234567|"http"|unexpected/);
    const headers = { accept: 'application/graphql-response+json' };
    for (const text of ['{ secret: ', '{ asked first over HTTP: ']) {
      const response = await server.ask(text, { headers });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('GRAPHQL_PARSE_FAILED');
    }
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  });

  test('limits of size hold', async () => {
    const client = await connect();
    client.subscribe('deep', `{${'again{'.repeat(30)}hello${'}'.repeat(31)}`);
    expect(await client.hears('error', 'deep')).toMatchObject({
      payload: [{ extensions: { code: 'TOO_COMPLEX' } }],
    });
    client.subscribe('long', `{${'hello '.repeat(600)}}`);
    await client.hears('error', 'long');
    client.socket.close();
  });

  test('end users see no schema, and ask by ids where operations were agreed on', async () => {
    const persistedOperations = new Map([['agreed', '{ hello }']]);
    const agreed = await startTinyServer({ persistedOperations, authenticate: async () => END_USER });
    const client = await connect(agreed);
    client.subscribe('1', '{ hello }');
    expect(await client.hears('error', '1')).toMatchObject({
      payload: [{ extensions: { code: 'PERSISTED_QUERY_ID_REQUIRED' } }],
    });
    client.subscribe('2', '', { extensions: { persistedQuery: { sha256Hash: 'agreed' } } });
    expect(await client.hears('next', '2')).toMatchObject({ payload: { data: { hello: 'world' } } });
    const open = await startTinyServer({ authenticate: async () => END_USER });
    const other = await connect(open);
    other.subscribe('1', '{ helo }');
    expect(JSON.stringify(await other.hears('error', '1'))).not.toContain('hello');
    other.subscribe('2', '{ __schema { types { name } } }');
    await other.hears('error', '2');
    await Promise.all([agreed.close(), open.close()]);
  });

  test('what an operation costs is refused and charged as over HTTP', async () => {
    const taken: number[] = [];
    const take = async (_: unknown, cost: number) => {
      taken.push(cost);
      return { isTaken: false, retryAfterS: 7 } as const;
    };
    const limited = await startTinyServer({ rateLimit: { perMinute: 1, take } });
    const client = await connect(limited);
    for (const [id, query] of [
      ['q', '{ hello }'],
      ['s', FOLLOW],
    ] as const) {
      client.subscribe(id, query);
      expect(await client.hears('error', id)).toMatchObject({
        payload: [{ extensions: { code: 'RATE_LIMITED' } }],
      });
    }
    expect(taken).toEqual([1, 1]);
    await limited.close();
  });
});

test('a caller has so many subscriptions over all that they come by, and each that ends is given back', async () => {
  const settings = { host: '127.0.0.1', port: 0, maxBodyBytes: 4096, subscriptionsPerCaller: 2 };
  const capped = await startTinyServer({ settings });
  const overHttp = await events(FOLLOW, {}, capped);
  const client = await connect(capped);
  client.subscribe('s', FOLLOW);
  await client.hears('next', 's');
  expect((await events(FOLLOW, {}, capped)).status).toBe(429);
  expect((await events(FOLLOW, { method: 'POST' }, capped)).status).toBe(429);
  client.subscribe('t', FOLLOW);
  expect(await client.hears('error', 't')).toMatchObject({
    payload: [{ extensions: { code: 'RATE_LIMITED' } }],
  });
  expect((await capped.ask('{ hello }')).status).toBe(200);
  await hear(overHttp, /id: c3/);
  client.say({ type: 'complete', id: 's' });
  const ended = () => capped.probe.calls.filter((call) => call === 'ended').length;
  await expect.poll(ended).toBe(2);
  const freed = await Promise.all([events(FOLLOW, {}, capped), events(FOLLOW, {}, capped)]);
  expect(freed.map(({ status }) => status)).toEqual([200, 200]);
  for (const response of freed) await response.body?.cancel();
  await expect.poll(ended).toBe(4);
  // What was refused, what never began and what came to its end keep no place.
  await hear(await events('subscription { count(to: 1) }', {}, capped), /complete/);
  await Promise.all(
    ['{', 'subscription { crashesAtOnce }'].map(async (query) => await events(query, {}, capped)),
  );
  const again = await Promise.all([events(FOLLOW, {}, capped), events(FOLLOW, {}, capped)]);
  expect(again.map(({ status }) => status)).toEqual([200, 200]);
  await capped.close();
});

describe('at its end', () => {
  test('is not ready', async () => {
    const ending = await startTinyServer();
    const { socket, heard } = await openRaw(ending.port);
    socket.write(`GET /graphql?query={held} HTTP/1.1\r\nHost: ${ending.host}\r\n\r\n`);
    await ending.probe.entered.promise;
    const closed = ending.close();
    socket.write(`GET /ready HTTP/1.1\r\nHost: ${ending.host}\r\n\r\n`);
    ending.probe.release.resolve();
    await expect.poll(heard).toContain('{"status":"not ready","code":"ENDING"}');
    await closed;
  });

  test('tells every subscriber to come again, and finishes what is in flight', async () => {
    const ending = await startTinyServer();
    const raw = await openRaw(ending.port);
    raw.socket.write(`GET /graphql?query=subscription{follow} HTTP/1.1\r\nHost: ${ending.host}\r\n\r\n`);
    await expect.poll(() => raw.heard()).toContain('id: c3');
    const client = await connect(ending);
    client.subscribe('s', FOLLOW);
    await client.hears('next', 's');
    client.subscribe('q', '{ held }');
    await ending.probe.entered.promise;
    const closed = ending.close();
    const heard = await raw.closed;
    expect(heard).toMatch(/retry: \d+\n\n\r\n0\r\n\r\n$/);
    expect(heard).not.toContain('complete');
    ending.probe.release.resolve();
    expect((await client.closed).code).toBe(1012);
    expect(await client.hears('next', 'q')).toMatchObject({ payload: { data: { held: 'done' } } });
    await closed;
    expect(client.heard.filter(({ type, id }) => type === 'complete' && id === 's')).toEqual([]);
    expect(ending.probe.calls.filter((call) => call === 'ended')).toHaveLength(2);
    expect(ending.logLines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { msg: expect.stringContaining('server-sent events'), count: 1 },
      { msg: expect.stringContaining('WebSockets'), count: 1 },
    ]);
  });

  test('cuts who does not answer', async () => {
    const ending = await startTinyServer({ times: { drainGraceMs: 300, farewellMs: 60_000 } });
    const idle = await openRaw(ending.port);
    const client = await connect(ending);
    client.socket.pause();
    const held = fetch(`${ending.url}?query={held}`).catch(() => 'cut');
    await ending.probe.entered.promise;
    const closed = ending.close();
    expect(await held).toBe('cut');
    await closed;
    await idle.closed;
    ending.probe.release.resolve();
  });
});
