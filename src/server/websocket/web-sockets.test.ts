import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';

import { LOCAL_OPERATOR } from '#access/principal';
import type { Performed } from '#server/graphql-handler';
import { beat, ScriptedResults, tick } from '#server/testing/scripted-results';
import { startScriptedSockets } from '#server/testing/scripted-sockets';
import { openSocket } from '#server/testing/socket-client';

describe('an operation', () => {
  test('of one result is answered and over', async () => {
    const { connected, give, asked } = await startScriptedSockets();
    const client = await connected();
    give({
      data: { hello: 'world' },
      errors: [new GraphQLError('No.', { extensions: { http: {}, code: 'X' } })],
    });
    client.subscribe('1', '{ hello }', { variables: { a: 1 }, operationName: 'O', extensions: { e: 1 } });
    expect(await client.hears('next')).toEqual({
      id: '1',
      type: 'next',
      payload: {
        data: { hello: 'world' },
        errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'X' }) })],
      },
    });
    expect(JSON.stringify(client.heard)).not.toContain('"http"');
    await client.hears('complete');
    expect(asked[0]?.params).toEqual({
      query: '{ hello }',
      variables: { a: 1 },
      operationName: 'O',
      extensions: { e: 1 },
    });
    expect(asked[0]?.facts.signal.aborted).toBe(true);
  });

  test('that was refused is an error and nothing else', async () => {
    const { connected, give } = await startScriptedSockets();
    const client = await connected();
    give({
      errors: [new GraphQLError('No.', { extensions: { code: 'TOO_COMPLEX', http: { status: 400 } } })],
    });
    client.subscribe('1');
    expect(await client.hears('error')).toMatchObject({
      id: '1',
      payload: [
        { message: 'No.', extensions: { code: 'TOO_COMPLEX', requestId: expect.stringMatching(/-/) } },
      ],
    });
    give({ data: { hello: 'world' } });
    client.subscribe('1');
    await client.hears('complete', '1');
    expect(client.heard.map(({ type }) => type)).toEqual(['connection_ack', 'error', 'next', 'complete']);
  });

  test('asked by its id alone has no text', async () => {
    const { connected, asked } = await startScriptedSockets();
    const client = await connected();
    client.subscribe('1', '', { extensions: { persistedQuery: { sha256Hash: 'x' } } });
    await client.hears('complete');
    expect(asked[0]?.params).toEqual({ extensions: { persistedQuery: { sha256Hash: 'x' } } });
  });
});

describe('a subscription', () => {
  test('gives its cursor with each event, and by a ping when nothing came', async () => {
    const { connected, give } = await startScriptedSockets();
    const client = await connected();
    const results = new ScriptedResults();
    give(results);
    client.subscribe('s');
    results.give(tick(1), beat(2));
    expect(await client.hears('next')).toMatchObject({
      id: 's',
      payload: { data: { tick: 1 }, extensions: { cursor: 'c1' } },
    });
    expect(await client.hears('ping')).toEqual({
      type: 'ping',
      payload: { cursor: 'c2', subscription: 's' },
    });
    results.end();
    await client.hears('complete', 's');
  });

  test('that its client ends is over at once, and its id free', async () => {
    const { connected, give, asked } = await startScriptedSockets();
    const client = await connected();
    const [first, second] = [new ScriptedResults(), new ScriptedResults()];
    give(first);
    client.subscribe('s');
    first.give(tick(1));
    await client.hears('next');
    client.say({ type: 'complete', id: 's' });
    await first.returned.promise;
    give(second);
    client.subscribe('s');
    second.give(tick(7));
    await expect.poll(() => JSON.stringify(client.heard)).toContain('"cursor":"c7"');
    expect(asked.map(({ facts }) => facts.signal.aborted)).toEqual([true, false]);
  });

  test('that its client ends before it began is over before it begins', async () => {
    const { connected, given, asked } = await startScriptedSockets();
    const client = await connected();
    const results = new ScriptedResults();
    const began = Promise.withResolvers<Performed>();
    given.push(async () => await began.promise);
    client.subscribe('s');
    await expect.poll(() => asked.length).toBe(1);
    client.say({ type: 'complete', id: 's' });
    client.say({ type: 'ping' });
    await client.hears('pong');
    began.resolve(results);
    await results.returned.promise;
    expect(client.heard.map(({ type }) => type)).toEqual(['connection_ack', 'pong']);
  });

  test.each([
    ['cut', (socket: { terminate(): void }) => socket.terminate()],
    ['closed', (socket: { close(): void }) => socket.close()],
  ])('of a socket that is %s is over, and its place free', async (_, end) => {
    const { connected, give, asked, listeners } = await startScriptedSockets({ perCaller: 1 });
    const client = await connected();
    const results = new ScriptedResults();
    give(results);
    client.subscribe('s');
    await expect.poll(() => results.pulls).toBe(1);
    expect(asked[0]?.facts.place.take()).toBe(true);
    end(client.socket);
    await results.returned.promise;
    await expect.poll(() => listeners.webSockets.count).toBe(0);
    expect(asked[0]?.facts.signal.aborted).toBe(true);
    expect(listeners.places.placeFor(LOCAL_OPERATOR).take()).toBe(true);
    await (await connected()).hears('connection_ack');
  });

  test('that fails is masked by whoever carries it out, and never tells what failed', async () => {
    const { connected, given, logLines } = await startScriptedSockets();
    const client = await connected();
    given.push(async () => await Promise.reject(new Error('passport X1234567')));
    client.subscribe('s');
    expect(await client.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
    expect(logLines.join('')).not.toContain('X1234567');
  });
});

describe('who it is', () => {
  test('is said in the parameters of connection_init too, as pages must', async () => {
    const { url, credentials } = await startScriptedSockets();
    const client = await openSocket(url);
    await client.init({ Authorization: credentials.good });
  });

  test.each([
    ['nothing', {}],
    ['what does not hold', { authorization: 'bad' }],
    ['no text', { authorization: 7 }],
    ['two things', { authorization: 'good', Authorization: 'good' }],
  ])('%s is forbidden', async (_, payload) => {
    const { url, logLines } = await startScriptedSockets();
    const client = await openSocket(url);
    client.say({ type: 'connection_init', payload });
    expect((await client.closed).code).toBe(4403);
    expect(logLines).toEqual([]);
  });

  test('cannot be told while the store is away: then clients come again', async () => {
    const { url } = await startScriptedSockets();
    const client = await openSocket(url);
    client.say({ type: 'connection_init', payload: { authorization: 'away' } });
    expect((await client.closed).code).toBe(1013);
  });

  test('is looked at with each operation', async () => {
    const { connected, credentials, asked } = await startScriptedSockets();
    const client = await connected();
    credentials.good = 'another';
    client.subscribe('1', '{ hello }');
    expect((await client.closed).code).toBe(4403);
    expect(asked).toEqual([]);
  });
});

describe('limits', () => {
  test('so many connections of a caller, and so many operations of a connection', async () => {
    const { connected, connect, give } = await startScriptedSockets({ perCaller: 2 });
    const [client] = [await connected(), await connected()];
    const third = await connect();
    third.say({ type: 'connection_init' });
    expect((await third.closed).code).toBe(1013);
    for (const id of ['1', '2', '3']) {
      give(new ScriptedResults());
      client.subscribe(id);
    }
    expect(await client.hears('error', '3')).toMatchObject({
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
  });

  test('who does not say who they are is let go', async () => {
    const { connect } = await startScriptedSockets({ times: { initMs: 200 } });
    expect((await (await connect()).closed).code).toBe(4408);
  });

  test('who has waited longest makes room for others, however many say nothing', async () => {
    const { connect, connected } = await startScriptedSockets({ maxWaiting: 3 });
    const said = await connected();
    const first = await connect();
    const second = await connect();
    await Promise.all([connect(), connect()]);
    expect((await first.closed).code).toBe(1013);
    await connected();
    expect((await second.closed).code).toBe(1013);
    said.say({ type: 'ping' });
    await said.hears('pong');
  });
});

describe('what is no message', () => {
  test.each([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['no type that there is', '{"type":"start"}'],
    ['what a server says', '{"type":"next","id":"1","payload":{}}'],
    ['an operation without an id', '{"type":"subscribe","payload":{"query":"{a}"}}'],
    ['a binary frame', Buffer.from('{"type":"ping"}')],
  ])('%s closes the socket', async (_, message) => {
    const { connected, logLines } = await startScriptedSockets();
    const client = await connected();
    client.socket.send(message);
    expect((await client.closed).code).toBe(4400);
    expect(logLines.join('')).not.toContain('"level":50');
  });

  test.each([
    ['an operation before the greeting', { type: 'subscribe', id: '1', payload: { query: '{a}' } }, 4401],
    ['two greetings', { type: 'connection_init' }, 4429],
    ['an id that is in use', { type: 'subscribe', id: 's', payload: { query: '{a}' } }, 4409],
  ])('%s closes the socket by its own code', async (name, message, code) => {
    const { connected, connect, give } = await startScriptedSockets();
    const client = name.includes('before') ? await connect() : await connected();
    give(new ScriptedResults());
    if (code === 4409) client.subscribe('s');
    client.say(message);
    expect((await client.closed).code).toBe(code);
  });

  test('a message that is too large closes the socket', async () => {
    const { connected } = await startScriptedSockets();
    const client = await connected();
    client.socket.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(5000) } }));
    expect((await client.closed).code).toBe(1009);
  });

  test('a frame that is none closes the socket', async () => {
    const { connected } = await startScriptedSockets();
    const client = await connected();
    const raw = client.socket as unknown as { readonly _socket: { write(bytes: Uint8Array): void } };
    raw._socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect((await client.closed).code).toBe(1002);
  });

  test('another protocol is not spoken', async () => {
    const { url } = await startScriptedSockets();
    const client = await openSocket(url, { protocol: 'graphql-ws' }).catch((error: Error) => error.message);
    expect(client).toBe('Server sent no subprotocol');
  });
});
