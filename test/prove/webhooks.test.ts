import { describe, expect, test } from 'vitest';

import { mutationsOf } from '../harness/mutated-deliveries.ts';
import { faultsOfLog } from '../harness/storm-faults.ts';
import { WebhookStorm } from '../harness/webhook-storm.ts';
import { deliver, signedBody, signedWithTime } from '../harness/webhooks.ts';
import { World } from '../harness/world.ts';

const SECRET = 'a secret of both';
const MUTATIONS = 10_000;
const AT_ONCE = 50;

describe.each(['SQLITE', 'POSTGRES'] as const)('10,000 deliveries on %s', (store) => {
  test('shuffled, doubled and late, to a gateway that is killed: the log is what happened', async () => {
    await using storm = await WebhookStorm.create({ deliveries: 10_000, kills: 10, seed: 11, store });
    await storm.rage();
    const { rows, putAside } = await storm.read();
    expect([storm.refusals, putAside]).toEqual([[], 0]);
    const told = Map.groupBy(storm.told.values(), (event) => event.object.id);
    const faults = [...storm.journal].flatMap(([id, journal]) =>
      faultsOfLog(rows.get(id) ?? [], { journal, told: told.get(id) ?? [] }),
    );
    expect(faults).toEqual([]);
    expect(storm.told.size).toBeGreaterThan(4000);
  }, 1_200_000);
});

test.each([
  ['upvest', signedBody],
  ['finogates', signedWithTime],
])(
  '10,000 mutated signatures of %s: none is accepted',
  async (source, sign) => {
    const settings = { UPVEST_WEBHOOK_SECRET: SECRET, FINOGATES_WEBHOOK_SECRET: SECRET };
    await using world = await World.create({ people: 3, settings });
    await world.start();
    const proven = sign(SECRET, '{"type":"nothing"}');
    expect(await deliver(world.url, source, proven)).toBe(200);
    const statuses = new Map<number, number>();
    const mutations = mutationsOf(proven, MUTATIONS, 3);
    for (let at = 0; at < MUTATIONS; at += AT_ONCE) {
      const answers = mutations.slice(at, at + AT_ONCE).map((one) => deliver(world.url, source, one));
      for (const status of await Promise.all(answers)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([[401, MUTATIONS]]);
  },
  600_000,
);
