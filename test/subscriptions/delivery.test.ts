import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { kycStatuses } from '#kyc/status';
import { beta } from '#store/behaviours/sample-records';
import { readLog } from '#store/testing/read-log';

import { codesOf, operator, SubscriptionBench } from './bench.ts';
import { People } from './people.ts';

const CHANGES = '{ statusChanged { verificationId to cursor } }';
const AFTER =
  '($after: String, $filter: StatusChangeFilter) { statusChanged(after: $after, filter: $filter) { id verificationId to cursor } }';

let bench: SubscriptionBench;
let people: People;
beforeEach(async () => {
  bench = await SubscriptionBench.open();
  people = new People(bench.store);
});
afterEach(async () => await bench[Symbol.asyncDispose]());

const statusAt = (n: number) => kycStatuses[n % kycStatuses.length] ?? 'PENDING';

describe('a subscription', () => {
  test('tells all since a cursor and then what comes, while a writer never stops: each change once, in order', async () => {
    const start = bench.cursors.seal(0);
    const names = ['anna', 'ben', 'cara', 'dora', 'emil'];
    let isDone = false;
    const written = (async () => {
      for (let n = 0; !isDone; n += 1) await people.moveAll(names, statusAt(n));
    })();
    const subscriber = await bench.subscribe(operator, AFTER, {
      after: start,
      filter: { includeBackfill: true },
    });
    const told = await subscriber.events(150);
    const late = await bench.subscribe(operator, AFTER, {
      after: told[99]?.['cursor'],
      filter: { includeBackfill: true },
    });
    expect(await late.events(50)).toMatchObject(told.slice(100).map(({ id }) => ({ id })));
    isDone = true;
    await written;
    const rows = (await readLog(bench.store)).filter((row) => 'verificationId' in row);
    expect(told.map((event) => bench.cursors.open(String(event['cursor'])))).toEqual(
      rows.slice(0, 150).map(({ position }) => position),
    );
  });

  test('without a cursor tells what comes after it began, however late it is listened to', async () => {
    await people.move('anna', 'PENDING');
    const subscriber = await bench.subscribe(operator, CHANGES);
    await people.move('anna', 'APPROVED');
    await people.move('anna', 'REJECTED');
    expect(await subscriber.events(2)).toMatchObject([{ to: 'APPROVED' }, { to: 'REJECTED' }]);
  });

  test('says first where it begins, and with each event where to go on', async () => {
    const subscriber = await bench.subscribe(operator, CHANGES);
    const first = await subscriber.word();
    expect(first).toMatchObject({ isPosition: true, cursor: expect.any(String) });
    await people.move('anna', 'PENDING');
    await people.move('anna', 'APPROVED');
    const again = await bench.subscribe(
      operator,
      '($after: String) { statusChanged(after: $after, filter: { includeBackfill: true }) { to cursor } }',
      { after: first?.cursor },
    );
    expect(await again.event()).toMatchObject({ to: 'PENDING' });
    const told = await subscriber.next();
    const { statusChanged: event } = told?.data ?? {};
    expect(event).toMatchObject({ to: 'APPROVED' });
    expect(bench.cursors.open(told?.cursor ?? '')).toBe(bench.cursors.open(String(event?.['cursor'])));
  });

  test.each<[string, (ids: { anna: string; ben: string; record: string }) => object, readonly string[]]>([
    ['statuses', () => ({ to: ['REJECTED'] }), ['anna REJECTED']],
    ['statuses before', () => ({ from: ['PENDING'] }), ['anna APPROVED', 'ben APPROVED', 'ben IN_REVIEW']],
    ['sources', () => ({ sources: ['BETA'] }), ['ben IN_REVIEW']],
    ['kinds', () => ({ kinds: ['CHECK'] }), []],
    ['records', ({ record }) => ({ verificationIds: [record] }), ['anna APPROVED', 'anna REJECTED']],
    ['users', ({ anna }) => ({ userIds: [anna] }), ['anna APPROVED', 'anna REJECTED']],
    ['nobody', () => ({ userIds: [] }), []],
    ['times', () => ({ observedAt: { before: '2020-01-01T00:00:00Z' } }), []],
    [
      'first sights',
      () => ({ includeBackfill: true, to: ['PENDING'] }),
      ['anna PENDING', 'ben PENDING', 'ben PENDING'],
    ],
  ])('tells of %s alone, of before and of what comes', async (_, filterOf, meant) => {
    const names = new Map<string, string>();
    const move = async (...[name, status, source]: Parameters<People['move']>) =>
      void names.set(await people.move(name, status, source), name);
    await move('anna', 'PENDING');
    await move('ben', 'PENDING');
    await move('ben', 'PENDING', beta);
    const ids = {
      anna: await people.idOf('anna'),
      ben: await people.idOf('ben'),
      record: [...names.keys()][0] ?? '',
    };
    const filter = filterOf(ids);
    const live = await bench.subscribe(operator, AFTER, { after: bench.cursors.seal(0), filter });
    const told: string[] = [];
    const listening = (async () => {
      for (let event = await live.next(); event !== null; event = await live.next()) {
        const { verificationId, to } = event.data?.['statusChanged'] ?? {};
        told.push(`${names.get(String(verificationId))} ${String(to)}`);
      }
    })();
    await move('anna', 'APPROVED');
    await move('ben', 'APPROVED');
    await move('ben', 'IN_REVIEW', beta);
    await move('anna', 'REJECTED');
    const since = await bench.subscribe(operator, AFTER, { after: bench.cursors.seal(0), filter });
    const found = [];
    for (const _ of meant) found.push(await since.event());
    expect(
      found.map(({ verificationId, to }) => `${names.get(String(verificationId))} ${String(to)}`),
    ).toEqual(meant);
    await expect.poll(() => told).toEqual(meant);
    live.vanish();
    await listening;
    expect(told).toEqual(meant);
  });
});

describe('a subscription is refused', () => {
  test.each<[string, string, object, readonly string[]]>([
    ['with a cursor that is none', AFTER, { after: 'rubbish' }, ['BAD_USER_INPUT']],
    ['with an id of another thing', AFTER, { filter: { userIds: ['nobody'] } }, ['BAD_USER_INPUT']],
    [
      'with two fields',
      '{ one: statusChanged { id } userKycChanged { id } }',
      {},
      ['GRAPHQL_VALIDATION_FAILED'],
    ],
  ])('%s', async (_, query, variables, codes) => {
    const { performed } = await bench.ask(operator, `subscription ${query}`, { ...variables });
    expect('errors' in performed ? codesOf(performed) : []).toEqual(codes);
    expect(bench.tail.followers).toBe(0);
  });

  test('with a cursor of what is not kept any more, or of another log', async () => {
    for (let n = 0; n < 4; n += 1) await people.move('anna', statusAt(n));
    const later = '2999-01-01T00:00:00.000000000Z' as never;
    while ((await bench.store.changes.forget(later, 100)) > 0);
    for (const after of [bench.cursors.seal(1), bench.cursors.seal(1000)]) {
      const { performed } = await bench.ask(operator, `subscription ${AFTER}`, { after });
      expect('errors' in performed ? codesOf(performed) : []).toEqual(['CURSOR_EXPIRED']);
    }
  });
});

test('a subscription ends with CURSOR_EXPIRED when the log was put back under it', async () => {
  await people.move('anna', statusAt(0));
  const subscriber = await bench.subscribe(operator, CHANGES);
  await people.move('anna', statusAt(1));
  expect(await subscriber.events(1)).toMatchObject([{ to: statusAt(1) }]);
  await bench.store.changes.renewEpoch();
  await people.move('anna', statusAt(2));
  expect(await subscriber.next()).toMatchObject({ codes: ['CURSOR_EXPIRED'] });
  expect(await subscriber.next()).toBeNull();
});

test('a subscription whose place in the log is taken away while nobody listens ends with CURSOR_EXPIRED', async () => {
  const subscriber = await bench.subscribe(operator, CHANGES);
  for (let n = 0; n < 4; n += 1) await people.move('anna', statusAt(n));
  while ((await bench.store.changes.forget('2999-01-01T00:00:00.000000000Z' as never, 100)) > 0);
  expect(await subscriber.next()).toMatchObject({ codes: ['CURSOR_EXPIRED'] });
  expect(await subscriber.next()).toBeNull();
  expect(bench.tail.followers).toBe(0);
});

describe('a subscription to answers', () => {
  const ANSWERS =
    '($userIds: [ID!], $to: [KycStatus!]) { userKycChanged(userIds: $userIds, to: $to) { userId from to cause } }';

  test('tells of whom and what it is asked for, whatever moved it, and nothing of first sights', async () => {
    const all = await bench.subscribe(operator, ANSWERS);
    await people.moveAll(['anna', 'ben'], 'PENDING');
    const [anna, ben] = [await people.idOf('anna'), await people.idOf('ben')];
    const bens = await bench.subscribe(operator, ANSWERS, { userIds: [ben] });
    const rejections = await bench.subscribe(operator, ANSWERS, { to: ['REJECTED'] });
    await people.move('anna', 'APPROVED');
    await people.move('ben', 'REJECTED');
    const [annas, rejection] = [
      { userId: anna, from: 'PENDING', to: 'APPROVED', cause: 'VERIFICATION' },
      { userId: ben, from: 'PENDING', to: 'REJECTED', cause: 'VERIFICATION' },
    ];
    expect(await all.events(2)).toEqual([annas, rejection]);
    expect(await bens.event()).toEqual(rejection);
    expect(await rejections.event()).toEqual(rejection);
    await bench.store.mergeUsers(anna, ben, 'test');
    const merged = { userId: anna, from: 'APPROVED', to: 'REJECTED', cause: 'MERGE' };
    for (const subscriber of [all, bens, rejections]) expect(await subscriber.event()).toEqual(merged);
  });

  test('is refused with ids of other things', async () => {
    await expect(bench.subscribe(operator, ANSWERS, { userIds: ['nobody'] })).rejects.toThrow(
      'BAD_USER_INPUT',
    );
  });
});
