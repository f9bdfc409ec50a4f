import { expect, test } from 'vitest';

import { addMilliseconds } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import { PositionLostError } from '#store/changes/changes';
import { readLog } from '#store/testing/read-log';

import { Bench } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { createRetentionSweep } from './retention-sweep.ts';

const DAY_MS = 86_400_000;

test('forgets what is older than it is to reach back, all but the newest, and looks again within the hour', async () => {
  await using bench = await Bench.create();
  const refs = Array.from({ length: 2100 }, (_, at) => ({
    source: bench.sources[0]?.descriptor.id ?? expect.unreachable(),
    externalId: `somebody-${at}`,
  }));
  for (let at = 0; at < refs.length; at += 700) await bench.store.addIdentities(refs.slice(at, at + 700));
  const head = await bench.store.changes.head();
  const days = 30;
  const present = await bench.store.now();
  const sweepAt = async (afterDays: number) => {
    const now = () => Promise.resolve(addMilliseconds(present, afterDays * DAY_MS));
    const sweep = createRetentionSweep({ ...bench.store, now }, { days, log: bench.logged.log });
    sweep.start();
    const nextAtMs = await until('it has swept', () => sweep.nextAtMs);
    await sweep.stop();
    expect(nextAtMs).toBeLessThanOrEqual(Date.now() + 3_600_000);
  };

  await sweepAt(days - 1);
  expect(await readLog(bench.store)).toHaveLength(head);
  await sweepAt(days + 1);
  await expect(readLog(bench.store)).rejects.toThrow(PositionLostError);
  const kept = await readLog(bench.store, SEES_ALL, head - 1);
  expect(kept.map(({ position }) => position)).toEqual([head]);
});
