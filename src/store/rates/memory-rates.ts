import { MINUTE_MS, NEVER, type Rates, ROUNDING_MS, refusedFor, SWEEP_EVERY, TAKEN } from './rates.ts';

/**
 * Budgets of this process alone. Of each it is known when it will be full again (the leaky bucket as a meter, GCRA): one
 * number says both what is left and when there is more.
 */
export function createMemoryRates(nowMs: () => number = () => performance.now()): Rates {
  const fullAt = new Map<string, number>();
  let takes = 0;
  const forgetFull = (now: number) => {
    for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key);
  };
  return {
    take(key, cost, perMinute) {
      if (cost > perMinute) return Promise.resolve(NEVER);
      const now = nowMs();
      takes += 1;
      if (takes % SWEEP_EVERY === 0) forgetFull(now);
      const lackingMs = Math.max((fullAt.get(key) ?? now) - now, 0) + (cost / perMinute) * MINUTE_MS;
      const tooEarlyMs = lackingMs - MINUTE_MS;
      if (tooEarlyMs > ROUNDING_MS) return Promise.resolve(refusedFor(tooEarlyMs));
      fullAt.set(key, now + lackingMs);
      return Promise.resolve(TAKEN);
    },
  };
}
