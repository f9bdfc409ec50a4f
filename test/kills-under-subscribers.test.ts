import { expect, test } from 'vitest';

import { KillsUnderSubscribers } from './kills/kills-under-subscribers.ts';

// The same with hundreds of kills, on both stores: test/prove.
test('gateways are killed under subscribers: each hears every change once, in order', async () => {
  const plan = { store: 'SQLITE', kills: 3, changes: 600, pages: 3, lifeMs: 400, seed: 5 } as const;
  const { faults, kills, changes } = await KillsUnderSubscribers.run(plan);
  expect(faults).toEqual([]);
  expect(kills).toBe(3);
  expect(changes).toBeGreaterThanOrEqual(600);
}, 120_000);
