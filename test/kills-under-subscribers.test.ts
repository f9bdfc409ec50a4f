import { expect, test } from 'vitest';

import { KillsUnderSubscribers } from './kills/kills-under-subscribers.ts';

// The same with hundreds of kills, on both stores: test/prove.
test('gateways are killed under subscribers: each hears every change once, in order', async () => {
  const plan = { store: 'SQLITE', kills: 3, changes: 400, pages: 3, seed: 5 } as const;
  const { faults, kills, changes, changesUnderKills } = await KillsUnderSubscribers.run(plan);
  expect(faults).toEqual([]);
  expect(kills).toBe(3);
  expect(changesUnderKills).toBeGreaterThan(0);
  expect(changes).toBeGreaterThanOrEqual(400);
}, 120_000);
