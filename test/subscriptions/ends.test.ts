import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { expiryAfter, makeApiKey } from '#access/api-key';
import { createAuthenticator } from '#access/authenticate';
import { NEVER_OPEN } from '#access/openness';
import { addMilliseconds, now } from '#kyc/instant';
import { StoreUnavailableError } from '#store/database';
import type { Store } from '#store/store';

import { operator, SubscriptionBench } from './bench.ts';
import { People } from './people.ts';

const CHANGES = '{ statusChanged { to verification { id } } }';

/** Between the gateway and its store: while it is away nothing is answered that subscribers need. */
class Outage {
  isOn = false;
  /** What was asked meanwhile. */
  refused = 0;

  readonly between = (store: Store): Store => {
    const changes = this.#behind(store.changes);
    return new Proxy(store, {
      get: (_, name: keyof Store) => (name === 'changes' ? changes : this.#asked(store, name)),
    });
  };

  #behind<Part extends object>(part: Part): Part {
    return new Proxy(part, { get: (_, name) => this.#asked(part, name as keyof Part) });
  }

  #asked<Part extends object>(part: Part, name: keyof Part): unknown {
    const member = part[name];
    if (typeof member !== 'function' || name === 'onAppend') return member;
    return async (...given: unknown[]) => {
      if (this.isOn) this.refused += 1;
      if (this.isOn) throw new StoreUnavailableError('It is away.');
      return await (member as (...given: unknown[]) => unknown).apply(part, given);
    };
  }
}

let outage: Outage;
let bench: SubscriptionBench;
let people: People;
beforeEach(async () => {
  outage = new Outage();
  bench = await SubscriptionBench.open({ between: outage.between });
  people = new People(bench.store);
  await people.move('anna', 'PENDING');
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await bench[Symbol.asyncDispose]();
});

describe('a subscription ends', () => {
  test('with the token, while nothing happens', async () => {
    const expiresAt = addMilliseconds(now(), 300);
    const subscriber = await bench.subscribe({ ...operator, expiresAt }, CHANGES);
    expect(await subscriber.next()).toMatchObject({ data: null, codes: ['UNAUTHENTICATED'] });
    expect(now() >= expiresAt).toBe(true);
    expect(await subscriber.next()).toBeNull();
    expect(bench.tail.followers).toBe(0);
  });

  test('with the token, with a cursor to go on from, and nothing is told after it that was there before', async () => {
    const subscriber = await bench.subscribe(
      { ...operator, expiresAt: addMilliseconds(now(), 60_000) },
      CHANGES,
    );
    await people.move('anna', 'APPROVED');
    await people.move('anna', 'REJECTED');
    const first = await subscriber.next();
    vi.useFakeTimers({ toFake: ['Temporal', 'Date'], now: Date.now() + 60_000 });
    expect(await subscriber.next()).toMatchObject({ codes: ['UNAUTHENTICATED'], cursor: first?.cursor });
    expect(await subscriber.next()).toBeNull();
  });

  test('when the key that was shown for it is revoked', async () => {
    const made = makeApiKey();
    const { id, secretHash } = made;
    const expiresAt = expiryAfter(1);
    await bench.store.apiKeys.add({
      id,
      secretHash,
      kind: 'ANALYST',
      subject: 'a',
      scopes: ['kyc:status'],
      expiresAt,
    });
    const authenticate = createAuthenticator({
      isOpen: NEVER_OPEN,
      jwt: null,
      keys: bench.store.apiKeys,
      findUser: async () => null,
    });
    const subscriber = await bench.subscribe(await authenticate([`Bearer ${made.text}`]), CHANGES);
    await people.move('anna', 'APPROVED');
    expect(await subscriber.event()).toMatchObject({ to: 'APPROVED' });
    await bench.store.apiKeys.revoke(id);
    const { now: passed } = performance;
    vi.spyOn(performance, 'now').mockImplementation(() => passed.call(performance) + 1000);
    await people.move('anna', 'REJECTED');
    expect(await subscriber.next()).toMatchObject({ data: null, codes: ['UNAUTHENTICATED'] });
    expect(await subscriber.next()).toBeNull();
  });

  test.each(['vanish', 'leave'] as const)(
    'when its client is gone (%s), whatever it waits for',
    async (how) => {
      const waiting = await bench.subscribe(operator, CHANGES);
      await waiting.word();
      const next = waiting.next();
      const idle = await bench.subscribe(operator, CHANGES);
      const later = await bench.subscribe(operator, CHANGES);
      await later.word();
      outage.isOn = true;
      await people.move('anna', 'APPROVED');
      const retrying = later.next();
      for (const subscriber of [waiting, idle, later]) await subscriber[how]();
      expect(await next).toBeNull();
      expect(await retrying).toBeNull();
      expect(await idle.next()).toBeNull();
      await expect.poll(() => bench.tail.followers).toBe(0);
      expect(bench.logged.lines).toEqual([]);
    },
  );

  test('with an error that says nothing of itself, and the log says more', async () => {
    vi.spyOn(bench.store.changes, 'readStatusChanges').mockRejectedValue(new RangeError('passport X1234567'));
    const subscriber = await bench.subscribe(operator, CHANGES);
    await people.move('anna', 'APPROVED');
    const told = await subscriber.next();
    expect(told).toMatchObject({ codes: ['INTERNAL_SERVER_ERROR'], cursor: expect.any(String) });
    expect(bench.logged.lines.join()).toContain('RangeError');
    expect(bench.logged.lines.join()).not.toContain('X1234567');
    expect(await subscriber.next()).toBeNull();
  });
});

describe('while the store is away', () => {
  test('a subscription waits, and tells all when it is back', async () => {
    const subscriber = await bench.subscribe(operator, CHANGES);
    await people.move('anna', 'APPROVED');
    expect(await subscriber.event()).toMatchObject({ to: 'APPROVED' });
    outage.isOn = true;
    await people.move('anna', 'REJECTED');
    const next = subscriber.events(2);
    await people.move('anna', 'EXPIRED');
    await expect.poll(() => outage.refused).toBeGreaterThan(2);
    outage.isOn = false;
    expect(await next).toMatchObject([{ to: 'REJECTED' }, { to: 'EXPIRED' }]);
  });

  test('none can be begun, which is told at once', async () => {
    outage.isOn = true;
    await expect(bench.subscribe(operator, CHANGES)).rejects.toThrow('Refused: STORE_UNAVAILABLE');
  });

  test('an event of which a part cannot be read is told whole when it is back', async () => {
    const subscriber = await bench.subscribe(operator, CHANGES);
    const record = await people.move('anna', 'APPROVED');
    const read = vi
      .spyOn(bench.store, 'readVerifications')
      .mockRejectedValueOnce(new StoreUnavailableError('It is away.'));
    expect(await subscriber.next()).toMatchObject({
      data: { statusChanged: { to: 'APPROVED', verification: { id: record } } },
      codes: [],
    });
    expect(read).toHaveBeenCalledTimes(2);
  });
});
