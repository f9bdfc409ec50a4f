import { MINUTE_MS, NEVER, type Rates, refusedFor, SWEEP_EVERY, TAKEN } from './rates.ts';

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
      const next = Math.max(fullAt.get(key) ?? now, now) + (cost / perMinute) * MINUTE_MS;
      const tooEarlyMs = next - now - MINUTE_MS;
      if (tooEarlyMs > 0) return Promise.resolve(refusedFor(tooEarlyMs));
      fullAt.set(key, next);
      return Promise.resolve(TAKEN);
    },
  };
}
