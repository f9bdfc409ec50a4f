import { expect, test } from 'vitest';

import { addDays, startOfDay } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import { UpvestSandbox } from '#sources/upvest/sandbox';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { createLapseSweep } from './lapse-sweep.ts';

test('moves the answers whose last day is over, once, and looks again by midnight at the latest', async () => {
  await using bench = await Bench.create();
  const upvest = bench.sandbox(UpvestSandbox);
  for (const { id, status } of upvest.records()) if (status !== 'PASSED') upvest.setStatus(id, 'PASSED');
  const name = bench.nameOf(bench.everywhere, 'UPVEST');
  await (await bench.sync.live.fetchIdentity(upvest.source, name)).learnt;
  const ref = { source: upvest.source, externalId: name };
  const user = found((await bench.store.readUsersByIdentity([ref], SEES_ALL))[0]);
  expect(user.answer.status).toBe('APPROVED');
  const dayAfter = addDays(found(user.answer.validUntil), 1);
  const at = startOfDay(dayAfter, 'UTC');
  const later = { ...bench.store, now: () => Promise.resolve(at) };
  const log = async () => readLog(bench.store);
  const before = await log();

  const sweep = createLapseSweep(later, bench.logged.log);
  sweep.start();
  const nextAtMs = await until('it has swept', () => sweep.nextAtMs);
  sweep.bringForward(0);
  await until('it has swept again', () => (sweep.nextAtMs ?? 0) > nextAtMs);
  await sweep.stop();

  expect(nextAtMs).toBeLessThanOrEqual(Date.now() + 60_000);
  const [lapsed] = await bench.store.readUsers([user.id], SEES_ALL);
  expect(lapsed?.answer).toMatchObject({ status: 'EXPIRED', reason: 'VERIFICATION_LAPSED' });
  const rowsOfUser = (await log()).slice(before.length).filter((one) => one.userId === user.id);
  expect(rowsOfUser).toMatchObject([{ from: 'APPROVED', to: 'EXPIRED', cause: 'LAPSE' }]);
});
