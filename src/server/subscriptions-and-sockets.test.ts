import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { LOCAL_OPERATOR } from '#access/principal';

import { connect, events, hear } from './testing/subscribe.ts';
import { openRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';

const END_USER = { ...LOCAL_OPERATOR, kind: 'END_USER', subject: 'ann', userId: 'u' } as const;
const FOLLOW = 'subscription { follow }';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

describe('over WebSocket', () => {
  test('an operation of any kind is answered, with cursors', async () => {
    const client = await connect(server);
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
    const client = await connect(server);
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
    const client = await connect(server);
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
  const overHttp = await events(capped, FOLLOW);
  const client = await connect(capped);
  client.subscribe('s', FOLLOW);
  await client.hears('next', 's');
  expect((await events(capped, FOLLOW)).status).toBe(429);
  expect((await events(capped, FOLLOW, { method: 'POST' })).status).toBe(429);
  client.subscribe('t', FOLLOW);
  expect(await client.hears('error', 't')).toMatchObject({
    payload: [{ extensions: { code: 'RATE_LIMITED' } }],
  });
  expect((await capped.ask('{ hello }')).status).toBe(200);
  await hear(overHttp, /id: c3/);
  client.say({ type: 'complete', id: 's' });
  const ended = () => capped.probe.calls.filter((call) => call === 'ended').length;
  await expect.poll(ended).toBe(2);
  const freed = await Promise.all([events(capped, FOLLOW), events(capped, FOLLOW)]);
  expect(freed.map(({ status }) => status)).toEqual([200, 200]);
  for (const response of freed) await response.body?.cancel();
  await expect.poll(ended).toBe(4);
  // What was refused, what never began and what came to its end keep no place.
  await hear(await events(capped, 'subscription { count(to: 1) }'), /complete/);
  await Promise.all(
    ['{', 'subscription { crashesAtOnce }'].map(async (query) => await events(capped, query)),
  );
  const again = await Promise.all([events(capped, FOLLOW), events(capped, FOLLOW)]);
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
