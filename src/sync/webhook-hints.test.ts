import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type SourceId, sourceId } from '#kyc/source-id';
import { FinogatesSandbox } from '#sources/finogates/sandbox';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { putAsideIn, SECRET, SECRETS, tell } from '../../test/harness/told.ts';
import { until } from '../../test/harness/until.ts';
import { signedBody, signedWithTime } from '../../test/harness/webhooks.ts';
import { WebhookWorker } from './webhook-worker.ts';

const [FINOGATES, FINX, SUMVIN] = [sourceId('FINOGATES'), sourceId('FINX'), sourceId('SUMVIN')];

let bench: Bench;
let brought: string[];
let workers: WebhookWorker[];
beforeEach(async () => {
  bench = await Bench.create({ settings: { ...SECRETS } });
  await bench.learnAll();
  [brought, workers] = [[], []];
});
afterEach(async () => {
  for (const worker of workers) await worker.stop();
  await bench[Symbol.asyncDispose]();
});

function startWorker(id: string): WebhookWorker {
  const worker = new WebhookWorker(
    bench.store,
    bench.source(id),
    bench.logged.log,
    () => void brought.push(id),
  );
  workers.push(worker);
  worker.start();
  return worker;
}

const waiting = async (id: SourceId) => (await bench.store.webhookEvents.waitingUsers(id)).size;

describe('a source that can only be scanned', () => {
  const user = () => bench.nameOf(bench.everywhere, 'FINOGATES');
  const hint = () => signedWithTime(SECRET, JSON.stringify({ user_id: user(), kyc_status: 'approved' }));

  test('has its scan brought forward, and the event waits for one that was begun after it', async () => {
    await tell(bench, 'FINOGATES', hint());
    const worker = startWorker('FINOGATES');
    await until('it is asked for', () => brought.length > 0);
    expect(await bench.store.webhookEvents.waitingUsers(FINOGATES)).toEqual(new Set([user()]));
    const row = found(
      bench
        .sandbox(FinogatesSandbox)
        .records()
        .find((one) => one['user_id'] === user()),
    );
    bench.sandbox(FinogatesSandbox).setStatus(String(row['id']), 'failed');
    await bench.scan('FINOGATES');
    worker.wake();
    await until('it is done with', async () => (await waiting(FINOGATES)) === 0);
    const log = await readLog(bench.store);
    expect(log.findLast((one) => 'verificationId' in one && one.source === FINOGATES)).toMatchObject({
      to: 'ERROR',
      learntBy: 'WEBHOOK',
    });
  });
});

test.each([
  ['FINX', FINX, 'customer_id'],
  ['SUMVIN', SUMVIN, 'externalId'],
])('a hint for %s reads whom it names', async (name, id, field) => {
  const user = bench.nameOf(bench.everywhere, name);
  await tell(bench, name, signedBody(SECRET, JSON.stringify({ data: { [field]: user } })));
  expect(await bench.store.webhookEvents.waitingUsers(id)).toEqual(new Set([user]));
  startWorker(name);
  await until('it is done with', async () => (await waiting(id)) === 0);
  expect(bench.calls(name).length).toBeGreaterThan(0);
  expect(await putAsideIn(bench.store)).toEqual([]);
});

test('a hint that names nobody leads to a scan, or is put aside where there is none', async () => {
  await tell(bench, 'FINX', signedBody(SECRET, '{}'));
  await tell(bench, 'SUMVIN', signedBody(SECRET, '{}'));
  startWorker('FINX');
  startWorker('SUMVIN');
  await until('the scan is asked for', () => brought.includes('FINX'));
  await until('the other is put aside', async () => (await putAsideIn(bench.store)).length === 1);
  expect(await putAsideIn(bench.store)).toMatchObject([{ source: SUMVIN, reason: 'NAMES_NOBODY' }]);
});
