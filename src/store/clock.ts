import { type Instant, millisecondsBetween, now } from '#kyc/instant';

const LARGEST_HOLD_MS = 60_000;

/**
 * The present by this process's clock, each time later than the time before, so that two reads never start at once and
 * a small step back of the clock turns no order round. A step back of more than a minute is followed: holding time
 * still for that long would hold up all that waits for it.
 */
export function createClock(present: () => Instant = now): () => Instant {
  let last: Instant | null = null;
  return () => {
    const at = present();
    const isBehind = last !== null && at <= last && millisecondsBetween(at, last) <= LARGEST_HOLD_MS;
    last = isBehind && last !== null ? oneNanosecondAfter(last) : at;
    return last;
  };
}

function oneNanosecondAfter(at: Instant): Instant {
  return Temporal.Instant.from(at).add({ nanoseconds: 1 }).toString({ fractionalSecondDigits: 9 }) as Instant;
}
