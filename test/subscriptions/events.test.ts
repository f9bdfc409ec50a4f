import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createRateLimit, type RateLimit } from '#server/rate-limit';
import { StoreUnavailableError } from '#store/database';
import { createMemoryRates } from '#store/rates/memory-rates';

import { LogLines } from '../harness/bench.ts';
import { analyst, operator, SubscriptionBench } from './bench.ts';
import { People } from './people.ts';

const CLEAR = '{ statusChanged { to verification { id ... on KycRecord { person { fullName email } } } } }';

let bench: SubscriptionBench;
let people: People;
const open = async (rateLimit?: RateLimit) => {
  bench = await SubscriptionBench.open(rateLimit === undefined ? {} : { rateLimit });
  people = new People(bench.store);
  await people.move('anna', 'PENDING');
  await people.move('ben', 'PENDING');
};
afterEach(async () => {
  vi.restoreAllMocks();
  await bench[Symbol.asyncDispose]();
});

const anEvent = (to: string, email: string, fullName: string) => ({
  data: { statusChanged: { to, verification: { id: expect.any(String), person: { fullName, email } } } },
  codes: [],
});
const masked = (name: string, to: string) => anEvent(to, '***@example.org', `${name[0]}. D.`);
const clear = (name: string, to: string) => anEvent(to, `${name}@example.org`, `${name} Doe`);

async function clearReads(): Promise<readonly unknown[]> {
  const page = { take: 100, direction: 'FORWARD', after: null, before: null } as const;
  const { rows } = await bench.store.audit.page({ filter: {}, page });
  return rows
    .filter(({ action }) => action === 'READ_CLEAR')
    .map(({ actor, userId, fields, reason }) => ({ actor, userId, fields, reason }));
}

describe('an event', () => {
  beforeEach(() => open());

  test('gives in clear what its caller may read by then, each audited by itself and before it is given', async () => {
    const userId = await people.idOf('anna');
    const subscriber = await bench.subscribe(analyst, CLEAR);
    await people.move('anna', 'IN_REVIEW');
    expect(await subscriber.next()).toMatchObject(masked('anna', 'IN_REVIEW'));
    expect(await clearReads()).toEqual([]);
    await bench.store.reveals.reveal(analyst, { userId, minutes: 5, reason: 'case 7' });
    const entry = { actor: 'a', userId, fields: ['Person.fullName', 'Person.email'], reason: 'case 7' };
    for (const [at, status] of (['APPROVED', 'REJECTED'] as const).entries()) {
      await people.move('anna', status);
      expect(await subscriber.next()).toMatchObject(clear('anna', status));
      expect(await clearReads()).toEqual(Array(at + 1).fill(entry));
    }
    await people.move('ben', 'APPROVED');
    expect(await subscriber.next()).toMatchObject(masked('ben', 'APPROVED'));
    expect(await clearReads()).toHaveLength(2);
  });

  test('that cannot be audited is not given until it can be; one without clear values is', async () => {
    const userId = await people.idOf('anna');
    await bench.store.reveals.reveal(analyst, { userId, minutes: 5, reason: 'case 7' });
    const subscriber = await bench.subscribe(analyst, CLEAR);
    const append = vi
      .spyOn(bench.store.audit, 'append')
      .mockRejectedValueOnce(new StoreUnavailableError('It is down.'));
    await people.move('ben', 'APPROVED');
    await people.move('anna', 'APPROVED');
    expect(await subscriber.next()).toMatchObject(masked('ben', 'APPROVED'));
    expect(append).not.toHaveBeenCalled();
    expect(await subscriber.next()).toMatchObject(clear('anna', 'APPROVED'));
    expect(append).toHaveBeenCalledTimes(2);
    expect(await clearReads()).toHaveLength(1);
    expect(bench.logged.lines.join()).toContain('The audit cannot be written.');
  });

  test('that could not be audited, and is out of sight when it can be, is given to nobody', async () => {
    const userId = await people.idOf('anna');
    await bench.store.reveals.reveal(analyst, { userId, minutes: 5, reason: 'case 7' });
    const subscriber = await bench.subscribe(analyst, CLEAR);
    vi.spyOn(bench.store.audit, 'append').mockImplementationOnce(async () => {
      await bench.store.reveals.reveal(analyst, { userId, minutes: 0, reason: 'case 7' });
      throw new StoreUnavailableError('It is down.');
    });
    await people.move('anna', 'APPROVED');
    expect(await subscriber.next()).toMatchObject(masked('anna', 'APPROVED'));
    expect(await clearReads()).toEqual([]);
  });

  test('with an error of a part is given with it, masked, and the next one as ever', async () => {
    const subscriber = await bench.subscribe(operator, CLEAR);
    vi.spyOn(bench.store, 'readVerifications').mockRejectedValueOnce(new RangeError('passport X1234567'));
    await people.move('anna', 'APPROVED');
    expect(await subscriber.next()).toMatchObject({
      data: { statusChanged: { to: 'APPROVED', verification: null } },
      codes: ['INTERNAL_SERVER_ERROR'],
      cursor: expect.any(String),
    });
    expect(bench.logged.lines.join()).not.toContain('X1234567');
    await people.move('anna', 'REJECTED');
    expect(await subscriber.next()).toMatchObject(masked('anna', 'REJECTED'));
  });

  test('reads nothing of what the one before it read', async () => {
    const subscriber = await bench.subscribe(
      operator,
      '{ statusChanged { to verification { status ... on KycRecord { sourceStatus } } } }',
    );
    const read = vi.spyOn(bench.store, 'readVerifications');
    for (const status of ['APPROVED', 'REJECTED'] as const) {
      await people.move('anna', status);
      expect(await subscriber.event()).toEqual({
        to: status,
        verification: { status, sourceStatus: status },
      });
    }
    expect(read).toHaveBeenCalledTimes(2);
  });
});

test('events are paid for, and wait for a budget that is used up: none is lost', async () => {
  let nowMs = 0;
  const { log } = new LogLines();
  const rates = createMemoryRates(() => nowMs);
  await open(createRateLimit({ rates, perMinute: 120, log }));
  // The operation costs 2: there is so much left for the beginning and two events.
  await rates.take('cost OPERATOR o', 114, 120);
  const subscriber = await bench.subscribe(operator, '{ statusChanged { to } }');
  for (const status of ['APPROVED', 'REJECTED', 'EXPIRED'] as const) await people.move('anna', status);
  expect(await subscriber.events(2)).toEqual([{ to: 'APPROVED' }, { to: 'REJECTED' }]);
  await expect(bench.subscribe(operator, '{ statusChanged { to } }')).rejects.toThrow('RATE_LIMITED');
  const take = vi.spyOn(rates, 'take');
  const next = subscriber.event();
  await expect.poll(() => take.mock.calls.length).toBe(1);
  nowMs += 1000;
  expect(await next).toEqual({ to: 'EXPIRED' });
  expect(take).toHaveBeenCalledTimes(2);
});

test('an event that is tried again is paid for once', async () => {
  const rates = createMemoryRates();
  await open(createRateLimit({ rates, perMinute: 1000, log: new LogLines().log }));
  const subscriber = await bench.subscribe(operator, CLEAR);
  vi.spyOn(bench.store, 'readVerifications').mockRejectedValueOnce(new StoreUnavailableError('It is away.'));
  const take = vi.spyOn(rates, 'take');
  await people.move('anna', 'APPROVED');
  expect(await subscriber.next()).toMatchObject(masked('anna', 'APPROVED'));
  expect(take).toHaveBeenCalledTimes(1);
});
