import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { verificationId } from '#kyc/id';
import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { UpvestSandbox } from '#sources/upvest/sandbox';
import { StoreUnavailableError } from '#store/database';
import type { Store } from '#store/store';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { putAsideIn, SECRET, SECRETS, tell } from '../../test/harness/told.ts';
import { until } from '../../test/harness/until.ts';
import { checkEvent, signedBody } from '../../test/harness/webhooks.ts';
import { WebhookWorker } from './webhook-worker.ts';

const UPVEST = sourceId('UPVEST');

let bench: Bench;
let brought: string[];
let workers: WebhookWorker[];
beforeEach(async () => {
  bench = await Bench.create({ settings: { ...SECRETS } });
  await bench.learnAll();
  brought = [];
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) await worker.stop();
  await bench[Symbol.asyncDispose]();
});

function startWorker(id: string, store: Store = bench.store): WebhookWorker {
  const worker = new WebhookWorker(store, bench.source(id), bench.logged.log, () => void brought.push(id));
  workers.push(worker);
  worker.start();
  return worker;
}

const upvest = () => bench.sandbox(UpvestSandbox);
const tellUpvest = (...events: readonly unknown[]) =>
  tell(bench, 'UPVEST', ...events.map((event) => signedBody(SECRET, JSON.stringify(event))));

/** Runs until nothing waits. */
async function workOff(id: string, store: Store = bench.store): Promise<void> {
  const worker = startWorker(id, store);
  await until('nothing waits', async () => (await waiting(id)) === 0);
  await worker.stop();
}

/** By a lease that ends at once, so that nothing is held. */
async function waiting(id: string): Promise<number> {
  const taken = await bench.store.webhookEvents.waitingUsers(sourceId(id));
  return taken.size;
}

const putAside = () => putAsideIn(bench.store);

async function rowsOf(check: { readonly id: string }) {
  const id = verificationId('CHECK', UPVEST, check.id);
  const log = await readLog(bench.store);
  return log.filter((row) => 'verificationId' in row).filter((row) => row.verificationId === id);
}

const passedCheck = () =>
  found(
    upvest()
      .records()
      .find(({ status }) => status === 'PASSED'),
  );

describe('an event about a check', () => {
  test('makes the check be read, and dates the change where the read agrees', async () => {
    const check = passedCheck();
    upvest().setStatus(check.id, 'FAILED');
    await tellUpvest(checkEvent(check, { id: 'e1', status: 'FAILED' }));
    await workOff('UPVEST');
    expect(bench.calls('UPVEST')).toEqual([`GET /users/${check.user_id}/checks/${check.id}`]);
    expect((await rowsOf(check)).at(-1)).toMatchObject({
      from: 'APPROVED',
      to: 'REJECTED',
      effective: true,
      learntBy: 'WEBHOOK',
      sourceEventId: 'e1',
      occurredAt: '2026-11-19T13:06:57.820371265Z',
    });
  });

  test('moves nothing by itself: what the read does not confirm is history, once', async () => {
    const check = passedCheck();
    const before = (await rowsOf(check)).length;
    const event = checkEvent(check, { id: 'e1', status: 'FAILED' });
    await tellUpvest(event);
    await workOff('UPVEST');
    await tellUpvest(event, { ...event, created_at: '2026-11-20T00:00:00Z' });
    await workOff('UPVEST');
    const rows = (await rowsOf(check)).slice(before);
    expect(rows).toMatchObject([
      { from: null, to: 'REJECTED', effective: false, learntBy: 'WEBHOOK', sourceEventId: 'e1' },
    ]);
    const [known] = await bench.store.readVerifications(
      [verificationId('CHECK', UPVEST, check.id)],
      SEES_ALL,
    );
    expect(known?.status).toBe('APPROVED');
  });

  test('changes nothing when all is known already', async () => {
    const check = passedCheck();
    const before = await readLog(bench.store);
    await tellUpvest(checkEvent(check), checkEvent(check));
    await workOff('UPVEST');
    expect((await readLog(bench.store)).filter((row) => 'nextAction' in row)).toEqual(
      before.filter((row) => 'nextAction' in row),
    );
    expect((await rowsOf(check)).filter(({ effective }) => effective)).toHaveLength(1);
  });

  test('of several in disorder dates the change by the latest, and keeps the others as history', async () => {
    const check = passedCheck();
    const before = (await rowsOf(check)).length;
    upvest().setStatus(check.id, 'FAILED');
    await tellUpvest(
      checkEvent(check, { id: 'e3', status: 'FAILED', createdAt: '2026-11-19T03:00:00Z' }),
      checkEvent(check, { id: 'e1', status: 'FAILED', createdAt: '2026-11-19T01:00:00Z' }),
      checkEvent(check, { id: 'e2', status: 'PASSED', createdAt: '2026-11-19T02:00:00Z' }),
    );
    await workOff('UPVEST');
    const rows = (await rowsOf(check)).slice(before);
    expect(rows.map(({ sourceEventId, effective }) => [sourceEventId, effective])).toEqual([
      ['e1', false],
      ['e2', false],
      ['e3', true],
    ]);
    expect(bench.calls('UPVEST')).toHaveLength(1);
  });

  test('of a user whom nobody knew makes the user known, and is no backfill', async () => {
    upvest().add('stranger', { id: 'check-1', user_id: 'stranger', type: 'KYC', status: 'IN_PROGRESS' });
    const check = found(
      upvest()
        .records()
        .find(({ id }) => id === 'check-1'),
    );
    await tellUpvest(checkEvent(check, { id: 'e1', type: 'USER_CHECK.CREATED' }));
    await workOff('UPVEST');
    const [user] = await bench.store.readUsersByIdentity(
      [{ source: UPVEST, externalId: 'stranger' }],
      SEES_ALL,
    );
    expect(user?.answer).toMatchObject({ status: 'PENDING' });
    expect(await rowsOf(check)).toMatchObject([
      { from: null, to: 'PENDING', learntBy: 'WEBHOOK', sourceEventId: 'e1' },
    ]);
  });

  test('that is gone at the source buries it', async () => {
    const check = passedCheck();
    upvest().remove(check.id);
    await tellUpvest(checkEvent(check, { id: 'e1' }));
    await workOff('UPVEST');
    expect((await rowsOf(check)).slice(-2)).toMatchObject([
      { to: 'CANCELLED', effective: true, learntBy: 'WEBHOOK' },
      { to: 'APPROVED', effective: false, sourceEventId: 'e1' },
    ]);
  });
});

describe('what is of no use', () => {
  test('is put aside with its reason, and the others of its batch are worked on', async () => {
    const check = passedCheck();
    upvest().setStatus(check.id, 'FAILED');
    const payload = [
      checkEvent(check, { type: 'USER.CREATED' }),
      'no event',
      null,
      checkEvent(check, { id: 'e1', status: 'FAILED' }),
      { ...checkEvent(check), object: null },
    ];
    await tellUpvest({ payload });
    await tell(bench, 'UPVEST', signedBody(SECRET, 'no JSON {'));
    startWorker('UPVEST');
    await until('all are put aside', async () => (await putAside()).length === 5);
    await until('the other is read', async () => (await rowsOf(check)).at(-1)?.to === 'REJECTED');
    expect((await putAside()).map(({ reason }) => reason).toSorted()).toEqual([
      'NAMES_NOBODY',
      'NOT_AN_EVENT',
      'NOT_AN_EVENT',
      'NOT_JSON',
      'UNKNOWN_TYPE',
    ]);
    expect(bench.logged.lines.join('')).not.toContain(check.user_id);
  });

  test('and replayed is put aside again as long as nothing else is known of it', async () => {
    await tellUpvest({ id: 'e', type: 'ORDER.FILLED' });
    startWorker('UPVEST');
    const [event] = await until('it is put aside', async () => {
      const rows = await putAside();
      return rows.length > 0 && rows;
    });
    await bench.store.webhookEvents.replay([found(event).id]);
    await until('it is put aside again', async () => (await putAside()).length === 1);
    expect(await putAside()).toMatchObject([{ id: found(event).id, attempts: 1 }]);
  });
});

describe('a source that cannot be read', () => {
  test.each(['DOWN', 'UNAVAILABLE', 'WRONG'] as const)('lets events wait while it is %s', async (fault) => {
    const check = passedCheck();
    upvest().setStatus(check.id, 'FAILED');
    upvest().fault = fault;
    await tellUpvest(checkEvent(check, { id: 'e1', status: 'FAILED' }));
    startWorker('UPVEST');
    await until('it was asked', () => bench.calls('UPVEST').length > 0);
    upvest().fault = 'NONE';
    await until('it is learnt', async () => (await rowsOf(check)).at(-1)?.sourceEventId === 'e1');
    expect(await putAside()).toEqual([]);
  });
});

describe('a store', () => {
  test('that does not take what was read gets it when it does', async () => {
    const check = passedCheck();
    upvest().setStatus(check.id, 'FAILED');
    await tellUpvest(checkEvent(check, { id: 'e1', status: 'FAILED' }));
    let refusals = 0;
    const store: Store = {
      ...bench.store,
      ingest: () => {
        refusals += 1;
        return Promise.reject(new StoreUnavailableError('away'));
      },
      // As if the lease were over.
      webhookEvents: {
        ...bench.store.webhookEvents,
        take: (source, how) => bench.store.webhookEvents.take(source, { ...how, leaseMs: 0 }),
      },
    };
    const first = startWorker('UPVEST', store);
    await until('it was refused', () => refusals > 0);
    await first.stop();
    startWorker('UPVEST');
    await until('it is learnt', async () => (await rowsOf(check)).at(-1)?.sourceEventId === 'e1');
    expect((await rowsOf(check)).filter((row) => row.sourceEventId === 'e1')).toHaveLength(1);
  });
});
