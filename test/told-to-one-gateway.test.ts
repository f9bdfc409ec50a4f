import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Gateway } from '#gateway';
import type { UpvestSandbox } from '#sources/upvest/sandbox';
import { postgresServer } from '#store/testing/postgres-databases';

import { found } from './harness/bench.ts';
import { until } from './harness/until.ts';
import { checkEvent, deliver, signedBody } from './harness/webhooks.ts';
import { World } from './harness/world.ts';

const SECRET = 'a secret of both';
const SUBSCRIPTION = 'subscription { statusChanged { to learntBy verification { externalId } } }';

/** What a subscriber was told so far, as it came over the wire. */
async function subscribe(url: string, signal: AbortSignal): Promise<{ readonly text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: SUBSCRIPTION }),
    signal,
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const told = { text: '' };
  const listen = async () => {
    for await (const bytes of found(response.body)) told.text += Buffer.from(bytes).toString();
  };
  void listen().catch(() => undefined);
  await until('it has begun', () => told.text !== '');
  return told;
}

describe.skipIf(postgresServer === null)('of two gateways on one database', () => {
  let world: World;
  let other: Gateway;
  const leave = new AbortController();
  beforeAll(async () => {
    world = await World.create({ people: 6, settings: { UPVEST_WEBHOOK_SECRET: SECRET }, store: 'POSTGRES' });
    [, other] = await Promise.all([world.start(), world.startAnother()]);
  });
  afterAll(async () => {
    leave.abort();
    await world[Symbol.asyncDispose]();
  });

  test.each(['the one', 'the other'])(
    'what %s is told by a webhook, subscribers of both hear',
    async (which) => {
      const upvest = world.sandbox('UPVEST') as UpvestSandbox;
      const check = found(upvest.records()[which === 'the one' ? 0 : 1]);
      const tell = async () => {
        const payload = [checkEvent(found(upvest.records().find(({ id }) => id === check.id)))];
        const delivery = signedBody(SECRET, JSON.stringify({ payload }));
        expect(await deliver(which === 'the one' ? world.url : other.url, 'upvest', delivery)).toBe(200);
      };
      await tell();
      const isLearnt = async () => {
        const { data } = await world.ask<{ verificationByExternalId: object | null }>(
          'query ($id: ID!) { verificationByExternalId(source: UPVEST, externalId: $id, freshness: STORED) { id } }',
          { id: check.id },
        );
        return data.verificationByExternalId !== null;
      };
      await until('it is learnt', isLearnt);
      const all = await Promise.all([world.url, other.url].map((url) => subscribe(url, leave.signal)));
      upvest.setStatus(check.id, check.status === 'PASSED' ? 'FAILED' : 'PASSED');
      await tell();
      for (const told of all) {
        await until('it is heard', () => told.text.includes(check.id));
        expect(told.text).toContain('"learntBy":"WEBHOOK"');
      }
    },
  );
});
