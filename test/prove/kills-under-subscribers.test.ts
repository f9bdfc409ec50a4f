import { describe, expect, test } from 'vitest';

import { postgresServer } from '#store/testing/postgres-databases';

import { KillsUnderSubscribers } from '../kills/kills-under-subscribers.ts';

/** SIZE=0.1: a tenth of everything. */
const SIZE = Number(process.env['SIZE'] ?? 1);
const KILLS = Math.round(200 * SIZE);
const CHANGES = Math.round(200_000 * SIZE);
const SEED = Number(process.env['SEED'] ?? 20_261_122);

describe.each([
  ['SQLITE', true],
  ['POSTGRES', postgresServer !== null],
] as const)('on %s', (store, isThere) => {
  test.skipIf(!isThere)(
    'two hundred kills under subscribers: nothing is lost, out of order, or heard twice',
    async () => {
      const plan = { store, kills: KILLS, changes: CHANGES, pages: 30, seed: SEED };
      const { faults, ...counts } = await KillsUnderSubscribers.run(plan);
      process.stdout.write(`${JSON.stringify({ store, faults: faults.length, ...counts }, null, 2)}\n`);
      expect(faults.slice(0, 50)).toEqual([]);
      expect(counts.kills).toBeGreaterThanOrEqual(KILLS);
      expect(counts.changes).toBeGreaterThanOrEqual(CHANGES);
      expect(counts.completedReads).toBeGreaterThan(counts.readsOfPages / 2);
    },
    7_200_000,
  );
});
