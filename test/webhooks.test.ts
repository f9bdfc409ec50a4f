import { describe, expect, test } from 'vitest';

import type { FinogatesSandbox } from '#sources/finogates/sandbox';
import type { UpvestSandbox } from '#sources/upvest/sandbox';

import { found } from './harness/bench.ts';
import { faultsOfLog } from './harness/storm-faults.ts';
import { until } from './harness/until.ts';
import { WebhookStorm } from './harness/webhook-storm.ts';
import { checkEvent, deliver, signedBody, signedWithTime } from './harness/webhooks.ts';
import { World } from './harness/world.ts';

const SECRET = 'a secret of both';
const SECRETS = { UPVEST_WEBHOOK_SECRET: SECRET, FINOGATES_WEBHOOK_SECRET: SECRET, FINOGATES_SCAN_S: '300' };

test('shuffled, doubled and late deliveries to a gateway that is killed: the log is what happened', async () => {
  await using storm = await WebhookStorm.create({ deliveries: 300, kills: 2, seed: 5, store: 'SQLITE' });
  await storm.rage();
  const { rows, putAside } = await storm.read();
  expect([storm.refusals, putAside]).toEqual([[], 0]);
  const told = Map.groupBy(storm.told.values(), (event) => event.object.id);
  const faults = [...storm.journal].flatMap(([id, journal]) =>
    faultsOfLog(rows.get(id) ?? [], { journal, told: told.get(id) ?? [] }),
  );
  expect(faults).toEqual([]);
  expect(storm.told.size).toBeGreaterThan(100);
}, 120_000);

describe('over HTTP', () => {
  test('what is told is learnt and seen in the graph, and what is of no use can be replayed', async () => {
    await using world = await World.create({ people: 6, settings: SECRETS });
    await world.start();
    const upvest = world.sandbox('UPVEST') as UpvestSandbox;
    const check = found(upvest.records().find(({ status }) => status === 'PASSED'));
    const payload = [checkEvent(check, { id: 'e1' }), { type: 'ORDER.FILLED' }];
    expect(await deliver(world.url, 'upvest', signedBody(SECRET, JSON.stringify({ payload })))).toBe(200);
    expect(await deliver(world.url, 'upvest', signedBody('another', '{}'))).toBe(401);
    expect(await deliver(world.url, 'finx', signedBody(SECRET, '{}'))).toBe(404);

    const LEARNT =
      'query ($id: ID!) { verificationByExternalId(source: UPVEST, externalId: $id, freshness: STORED) { sourceStatus history(first: 5) { nodes { learntBy sourceEventId } } } }';
    const learnt = await until('it is learnt', async () => {
      const { data } = await world.ask<{ verificationByExternalId: object | null }>(LEARNT, { id: check.id });
      return data?.verificationByExternalId ?? null;
    });
    expect(learnt).toMatchObject({
      history: { nodes: [{ learntBy: 'WEBHOOK', sourceEventId: 'e1' }] },
    });

    const LIST =
      '{ putAsideEvents { nodes { id source reason } } sources { source lastWebhookAt capabilities } }';
    type Listed = {
      putAsideEvents: { nodes: { id: string }[] };
      sources: { source: string; lastWebhookAt: string | null }[];
    };
    const listed = await until('the other is put aside', async () => {
      const { data } = await world.ask<Listed>(LIST);
      return data !== null && data.putAsideEvents.nodes.length > 0 && data;
    });
    expect(listed.putAsideEvents.nodes).toMatchObject([{ source: 'UPVEST', reason: 'UNKNOWN_TYPE' }]);
    expect(listed.sources.filter(({ lastWebhookAt }) => lastWebhookAt !== null)).toMatchObject([
      { source: 'UPVEST' },
    ]);
    const ids = listed.putAsideEvents.nodes.map(({ id }) => id);
    const { data } = await world.ask(
      'mutation ($ids: [ID!]!) { replayPutAsideEvents(input: { ids: $ids }) { replayed errors { code } } }',
      { ids },
    );
    expect(data).toEqual({ replayPutAsideEvents: { replayed: ids, errors: [] } });
  });

  test('a hint brings the scan of a source forward that can only be scanned', async () => {
    await using world = await World.create({ people: 6, settings: SECRETS });
    await world.start();
    const finogates = world.sandbox('FINOGATES') as FinogatesSandbox;
    const LAST = '{ sources { source lastSyncedAt nextSyncAt } }';
    type Sources = { sources: { source: string; lastSyncedAt: string | null; nextSyncAt: string | null }[] };
    const stateOf = async () => {
      const { data } = await world.ask<Sources>(LAST);
      return data?.sources.find(({ source }) => source === 'FINOGATES') ?? null;
    };
    const before = await until('it rests', async () => {
      const state = await stateOf();
      return state !== null && state.lastSyncedAt !== null && state.nextSyncAt !== null && state;
    });
    const body = JSON.stringify({ user_id: finogates.records()[0]?.['user_id'], kyc_status: 'approved' });
    expect(await deliver(world.url, 'finogates', signedWithTime(SECRET, body))).toBe(200);
    await until('it comes sooner', async () => {
      const next = (await stateOf())?.nextSyncAt ?? null;
      return next === null || next < (before.nextSyncAt ?? '');
    });
  });
});
