import type { Principal } from '#access/principal';
import { within } from '#loaders/within';
import type { Logger } from '#log';
import { StoreUnavailableError } from '#store/database';
import { createMemoryRates } from '#store/rates/memory-rates';
import type { Rates, Taken } from '#store/rates/rates';

/** A request waits no longer than this to be counted. */
const WAIT_MS = 1000;
const TELL_EVERY_MS = 60_000;

/** What callers may cost. */
export interface RateLimit {
  readonly perMinute: number;
  take(principal: Principal, cost: number): Promise<Taken>;
}

/**
 * A budget per caller: their kind and subject, whatever credential they show. While the store cannot be asked, each
 * gateway counts for itself: to refuse everybody would make of a slow store an outage of what is read from elsewhere.
 */
export function createRateLimit({
  rates,
  perMinute,
  log,
}: {
  readonly rates: Rates;
  readonly perMinute: number;
  readonly log: Logger;
}): RateLimit {
  const own = createMemoryRates();
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const tell = () => {
    if (performance.now() - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = performance.now();
    log.warn('The store cannot be asked what callers took: this gateway counts for itself.');
  };
  return {
    perMinute,
    async take({ kind, subject }, cost) {
      const key = `cost ${kind} ${subject}`;
      const shared = await within(rates.take(key, cost, perMinute), WAIT_MS).catch((error: unknown) => {
        if (error instanceof StoreUnavailableError) return 'LATE' as const;
        throw error;
      });
      if (shared !== 'LATE') return shared;
      tell();
      return await own.take(key, cost, perMinute);
    },
  };
}
