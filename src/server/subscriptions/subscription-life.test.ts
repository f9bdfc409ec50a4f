import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { addMilliseconds, now } from '#kyc/instant';

import { SubscriptionLife } from './subscription-life.ts';

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'Temporal'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const inMs = (milliseconds: number) => addMilliseconds(now(), milliseconds);

describe('a subscription lives', () => {
  test.each([1, 60_000, 24 * DAY_MS, 25 * DAY_MS, 400 * DAY_MS])(
    'until its credential ends, %d ms',
    (leftMs) => {
      using life = new SubscriptionLife(null);
      life.expireAt(inMs(leftMs));
      vi.advanceTimersByTime(leftMs - 1);
      expect([life.signal.aborted, life.hasExpired]).toEqual([false, false]);
      vi.advanceTimersByTime(1);
      expect([life.signal.aborted, life.hasExpired]).toEqual([true, true]);
    },
  );

  test('no longer than the wall clock says, though no timer fired', () => {
    using life = new SubscriptionLife(null);
    life.expireAt(inMs(60_000));
    vi.setSystemTime(Date.now() + 60_000);
    expect(life.hasExpired).toBe(true);
    expect(life.signal.aborted).toBe(true);
  });

  test('as long as a credential in its place, and not at all with one that is over', () => {
    using life = new SubscriptionLife(null);
    life.expireAt(inMs(1000));
    life.expireAt(null);
    vi.advanceTimersByTime(DAY_MS);
    expect(life.hasExpired).toBe(false);
    life.expireAt(inMs(0));
    expect(life.hasExpired).toBe(true);
  });

  test('until its client is gone, whose credential holds', () => {
    const client = new AbortController();
    using life = new SubscriptionLife(client.signal);
    life.expireAt(inMs(1000));
    client.abort();
    vi.advanceTimersByTime(2000);
    expect([life.signal.aborted, life.hasExpired]).toEqual([true, false]);
    expect(vi.getTimerCount()).toBe(0);
    expect(new SubscriptionLife(client.signal).signal.aborted).toBe(true);
  });

  test('and leaves no timer behind', () => {
    const life = new SubscriptionLife(null);
    life.expireAt(inMs(1000));
    life.end();
    life.expireAt(inMs(2000));
    expect(vi.getTimerCount()).toBe(0);
  });
});
