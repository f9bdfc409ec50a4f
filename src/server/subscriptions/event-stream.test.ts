import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createLogger } from '#log';
import { beat, ScriptedResults, tick } from '#server/testing/scripted-results';
import { openRaw } from '#server/testing/tiny-server';

import { EventStream } from './event-stream.ts';
import { OpenStreams } from './open-streams.ts';
import { ResultFeed } from './result-feed.ts';
import { LISTENER_TIMES, type ListenerTimes } from './slow-reader.ts';

const SILENT = createLogger('silent');

interface Served {
  readonly results: ScriptedResults;
  readonly streams: OpenStreams;
  readonly times: ListenerTimes;
  readonly leave: AbortController;
  readonly response: PromiseWithResolvers<ServerResponse>;
  readonly over: PromiseWithResolvers<void>;
}
let server: Server;
let next: Served;
beforeAll(async () => {
  server = createServer((_, response) => {
    const { results, streams, times, leave, over } = next;
    next.response.resolve(response);
    const stream = new EventStream(response, new ResultFeed(results, leave, SILENT), times);
    stream.serve(streams).then(over.resolve, over.reject);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => server.close());

/** Serves the results to a client that a test reads by hand. */
async function open(times: Partial<ListenerTimes> = {}) {
  next = {
    results: new ScriptedResults(),
    streams: new OpenStreams(),
    times: { ...LISTENER_TIMES, ...times },
    leave: new AbortController(),
    response: Promise.withResolvers(),
    over: Promise.withResolvers(),
  };
  const served = next;
  const client = await openRaw((server.address() as AddressInfo).port);
  client.socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  const response = await served.response.promise;
  const hears = async (text: RegExp) =>
    await expect.poll(() => text.test(client.heard()), { timeout: 10_000 }).toBe(true);
  return { ...served, client, response, hears };
}

test('an event has its cursor as id and as extension, a heartbeat is an id alone', async () => {
  const { results, client, hears, over } = await open();
  await hears(/retry: \d{4}\n\n/);
  results.give(tick(1), beat(2), {
    errors: [new GraphQLError('No.', { extensions: { code: 'X', http: {} } })],
  });
  results.end();
  await hears(/event: complete\ndata: \n\n/);
  await over.promise;
  expect(client.heard()).toContain(
    'event: next\nid: c1\ndata: {"data":{"tick":1,"padding":""},"extensions":{"cursor":"c1"}}\n\n',
  );
  expect(client.heard()).toContain('\n:\nid: c2\n\n');
  expect(client.heard()).toContain('data: {"errors":[{"message":"No.","extensions":{"code":"X"}}]}\n\n');
  client.socket.destroy();
});

test('is not kept by caches or proxies', async () => {
  const { hears, client, over } = await open();
  await hears(/content-type: text\/event-stream; charset=utf-8\r\n/);
  expect(client.heard()).toContain('cache-control: no-store\r\n');
  expect(client.heard()).toContain('x-accel-buffering: no\r\n');
  client.socket.destroy();
  await over.promise;
});

describe('a client that goes away', () => {
  test.each([
    ['while nothing comes', () => {}],
    ['within a result', ({ results }: { results: ScriptedResults }) => results.give(tick(1))],
  ])('%s ends the stream and what it is made of', async (_, then) => {
    const opened = await open();
    await opened.hears(/retry/);
    opened.client.socket.destroy();
    then(opened);
    await opened.over.promise;
    await opened.results.returned.promise;
    expect(opened.leave.signal.aborted).toBe(true);
    expect(opened.streams.count).toBe(0);
  });

  test('by halves, closing its own side, is gone', async () => {
    const { client, over, results, hears } = await open();
    await hears(/retry/);
    client.socket.end();
    await over.promise;
    await results.returned.promise;
  });

  test('before the first word is no failure', async () => {
    const { client, over } = await open();
    client.socket.resetAndDestroy();
    await over.promise;
  });
});

describe('a client that does not read', () => {
  const PADDING = 'x'.repeat(256_000);
  async function stall(times: Partial<ListenerTimes>) {
    const opened = await open(times);
    await opened.hears(/retry/);
    opened.client.socket.pause();
    opened.results.flow((n) => tick(n, PADDING));
    return opened;
  }

  test('has one result made for it and no more, and is told where to go on when it reads again', async () => {
    const { results, client, response, hears, over } = await stall({
      slowReaderMs: 100,
      lastWordsMs: 60_000,
    });
    await results.returned.promise;
    expect(response.writableLength).toBeLessThan(PADDING.length + 1000);
    client.socket.resume();
    await hears(/"code":"SUBSCRIPTION_CLOSED".*retry: \d+\n\n\r\n0\r\n\r\n$/s);
    await over.promise;
    const heard = client.heard();
    const last = `c${results.pulls}`;
    expect(heard.includes(`event: next\nid: ${last}\ndata: {"data"`)).toBe(true);
    expect(heard.includes(`"code":"SUBSCRIPTION_CLOSED","cursor":"${last}"}`)).toBe(true);
    expect(heard.includes('event: complete')).toBe(false);
    client.socket.destroy();
  });

  test('is cut off when it does not take its last words either', async () => {
    const { response, over } = await stall({ slowReaderMs: 50, lastWordsMs: 50 });
    await over.promise;
    expect(response.destroyed).toBe(true);
  });

  test('is cut off without much ado when the process ends', async () => {
    const { response, streams, results, over } = await stall({ farewellMs: 50 });
    await expect.poll(() => response.writableLength).toBeGreaterThan(0);
    await streams.leaveAll();
    await over.promise;
    await results.returned.promise;
  });
});

test('a client is told when to come again, and is not told that this was all', async () => {
  const { results, streams, client, hears, over } = await open();
  results.give(tick(1));
  await hears(/id: c1/);
  await streams.leaveAll();
  await over.promise;
  await hears(/:\nretry: \d{4}\n\n\r\n0\r\n\r\n$/);
  expect(client.heard()).not.toContain('complete');
  await results.returned.promise;
  client.socket.destroy();
});
