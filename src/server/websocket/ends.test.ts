import { describe, expect, test } from 'vitest';

import type { Performed } from '#server/graphql-handler';
import { ScriptedResults, tick } from '#server/testing/scripted-results';
import { startScriptedSockets } from '#server/testing/scripted-sockets';

describe('a client that does not read', () => {
  const PADDING = 'x'.repeat(256_000);

  test('has one result made for it and no more, and is told where to go on when it reads again', async () => {
    const { connected, give } = await startScriptedSockets({
      times: { slowReaderMs: 200, lastWordsMs: 60_000 },
    });
    const client = await connected();
    const results = new ScriptedResults();
    give(results);
    client.socket.pause();
    client.subscribe('s');
    results.flow((n) => tick(n, PADDING));
    await results.returned.promise;
    client.socket.resume();
    expect((await client.closed).code).toBe(1013);
    const last = client.heard.at(-1);
    expect(last).toMatchObject({
      type: 'next',
      id: 's',
      payload: { errors: [{ extensions: { code: 'SUBSCRIPTION_CLOSED', cursor: `c${results.pulls}` } }] },
    });
    expect(client.heard.filter(({ type }) => type === 'next')).toHaveLength(results.pulls + 1);
  });

  test('is cut off when it does not take its last words either', async () => {
    const { connected, give, listeners } = await startScriptedSockets({
      times: { slowReaderMs: 100, lastWordsMs: 50 },
    });
    const client = await connected();
    const results = new ScriptedResults();
    give(results);
    client.socket.pause();
    client.subscribe('s');
    results.flow((n) => tick(n, PADDING));
    await expect.poll(() => listeners.webSockets.count).toBe(0);
  });
});

test('a client that is not heard of is let go', async () => {
  const { connected, listeners } = await startScriptedSockets({
    times: { pingEveryMs: 20, slowReaderMs: 100, lastWordsMs: 20 },
  });
  const [quiet, gone] = [await connected(), await connected()];
  gone.socket.pause();
  await expect.poll(() => listeners.webSockets.count).toBe(1);
  expect(quiet.socket.readyState).toBe(quiet.socket.OPEN);
});

describe('when the process ends', () => {
  test('clients are told to come again, and not that this was all', async () => {
    const { connected, give, listeners } = await startScriptedSockets();
    const client = await connected();
    const results = new ScriptedResults();
    give(results);
    client.subscribe('s');
    results.give(tick(1));
    await client.hears('next');
    await listeners.webSockets.leaveAll();
    expect(await client.closed).toEqual({ code: 1012, reason: 'Service restart' });
    await results.returned.promise;
    expect(client.heard.map(({ type }) => type)).toEqual(['connection_ack', 'next']);
  });

  test('what was asked is answered first', async () => {
    const { connected, given, asked, listeners } = await startScriptedSockets();
    const client = await connected();
    const answer = Promise.withResolvers<Performed>();
    given.push(async () => await answer.promise);
    client.subscribe('1', '{ slow }');
    await expect.poll(() => asked.length).toBe(1);
    await listeners.webSockets.leaveAll();
    answer.resolve({ data: { slow: 'done' } });
    expect((await client.closed).code).toBe(1012);
    expect(client.heard).toContainEqual({ type: 'next', id: '1', payload: { data: { slow: 'done' } } });
  });
});
