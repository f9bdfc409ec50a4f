import { expect, test } from 'vitest';

import { postgresServer } from '#store/testing/postgres-databases';

import { BalancedGateways } from './kills/balanced-gateways.ts';

const CHANGES_BETWEEN = 60;
/** What a replacement is given before the old gateway is cut off. */
const GONE_WITHIN_MS = 10_000;

test.skipIf(postgresServer === null)(
  'two gateways behind a balancer are replaced one after the other, and one is killed: clients miss nothing',
  async () => {
    await using gateways = await BalancedGateways.start();
    await gateways.hearMore(CHANGES_BETWEEN);
    for (const index of [0, 1]) {
      expect(await gateways.replace(index)).toBeLessThan(GONE_WITHIN_MS);
      await gateways.hearMore(CHANGES_BETWEEN);
    }
    await gateways.kill(0);
    await gateways.hearMore(CHANGES_BETWEEN);
    expect(await gateways.faults()).toEqual([]);
    // All were cut off at least once: of two gateways both were replaced.
    expect(gateways.connections).toBeGreaterThanOrEqual(12);
  },
  180_000,
);
