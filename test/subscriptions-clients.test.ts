import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { UpvestSandbox } from '#sources/upvest/sandbox';

import { ask } from './harness/ask.ts';
import { found } from './harness/bench.ts';
import { GatewayProcess } from './harness/gateway-process.ts';
import {
  followByCurl,
  followByEventSource,
  followByGraphqlSse,
  followByGraphqlWs,
} from './harness/subscribers.ts';
import { until } from './harness/until.ts';
import { checkEvent, deliver, signedBody } from './harness/webhooks.ts';
import { World } from './harness/world.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const SECRET = 'a secret of both';
const WORDS = ['IN_PROGRESS', 'PASSED', 'FAILED'];

let world: World;
let port: number;
let browser: Browser | null = null;
beforeAll(async () => {
  world = await World.create({ people: 6, settings: { UPVEST_WEBHOOK_SECRET: SECRET }, store: 'SQLITE' });
  port = await freePort();
  if (existsSync(CHROMIUM))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await world[Symbol.asyncDispose]();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: free } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return free;
}

async function start(): Promise<GatewayProcess> {
  const gateway = new GatewayProcess({ ...world.environment, PORT: String(port) }, world.folder);
  await until('it is up', () => {
    if (!gateway.isAlive) throw new Error(`The gateway did not start: ${gateway.complaints}`);
    return gateway.url;
  });
  return gateway;
}

/** One change more at the source, which it tells. */
async function change(url: string): Promise<void> {
  const upvest = world.sandbox('UPVEST') as UpvestSandbox;
  const check = found(upvest.records()[0]);
  // In a round of three: where a kill swallows one, the next is still another than the one that is known.
  const next = WORDS[(WORDS.indexOf(String(check.status)) + 1) % WORDS.length];
  upvest.setStatus(check.id, String(next));
  const event = signedBody(SECRET, JSON.stringify(checkEvent(found(upvest.records()[0]))));
  expect(await deliver(url, 'upvest', event)).toBe(200);
}

/** The log after the cursor, as it stands now. */
async function readIds(url: string, after: string): Promise<string[]> {
  const LIST = 'query ($after: String) { statusChanges(first: 200, after: $after) { nodes { id } } }';
  type Listed = { statusChanges: { nodes: { id: string }[] } };
  const { data } = await ask<Listed>(url, LIST, { after });
  return data.statusChanges.nodes.map(({ id }) => id);
}

test('each of the real clients goes on where it was after a kill and after a restart: nothing is missed, nothing comes twice', async () => {
  const url = `http://127.0.0.1:${port}/graphql`;
  const first = await start();
  const after = await until('there is a log', async () => {
    const { data } = await ask<{ changeCursor: string }>(url, '{ changeCursor }', {});
    return (await readIds(url, data.changeCursor)).length === 0 && data.changeCursor;
  });
  const subscribers = [
    followByGraphqlWs(url, after),
    followByGraphqlSse(url, after),
    followByCurl(url, after),
    ...(browser === null ? [] : [await followByEventSource(browser, url, after)]),
  ];
  /** Changes that happen one after the other, each in the log before the next one. */
  const happen = async (count: number, at = url): Promise<void> => {
    for (const before = (await readIds(at, after)).length, end = before + count; ; ) {
      const { length } = await readIds(at, after);
      if (length >= end) return;
      await change(at);
      await until('it is learnt', async () => (await readIds(at, after)).length > length);
    }
  };
  /** Changes that nobody can hear as they come: where they are looked for nothing listens. */
  const happenMeanwhile = async (): Promise<void> => {
    await world.start();
    await happen(2, world.url);
    await world.stop();
  };
  const allAreHeard = async (): Promise<void> => {
    const ids = await readIds(url, after);
    for (const { name, ids: heard } of subscribers)
      await until(`${name} has heard of all`, () => heard.length >= ids.length, 30_000);
    const expected = subscribers.map(({ name }) => ({ name, ids, complaints: [] }));
    expect(subscribers.map(({ name, ids: heard, complaints }) => ({ name, ids: heard, complaints }))).toEqual(
      expected,
    );
  };
  await happen(3);
  await allAreHeard();

  // One of them on its way: it is in the log or it is not.
  await Promise.all([change(url).catch(() => {}), first.end('SIGKILL')]);
  await happenMeanwhile();
  const second = await start();
  await happen(3);
  await allAreHeard();

  expect((await second.end('SIGTERM')).code).toBe(0);
  await happenMeanwhile();
  await using _ = await start();
  await happen(3);
  await allAreHeard();
  await Promise.all(subscribers.map(async (subscriber) => await subscriber.close()));
}, 120_000);
