import { addDays, dayOf, millisecondsBetween, startOfDay } from '#kyc/instant';
import type { Logger } from '#log';
import type { Store } from '#store/store';

import { Loop } from './loop.ts';

const BATCH = 200;
const LONGEST_WAIT_MS = 60_000;

/** Moves the answers that the calendar changes: at start for the days that were missed, then at each UTC midnight. */
export function createLapseSweep(store: Store, log: Logger): Loop {
  return new Loop(async (signal) => {
    const at = await store.now();
    const today = dayOf(at);
    let moved = 0;
    for (let last = BATCH; last === BATCH && !signal.aborted; ) {
      last = await store.lapse(today, BATCH);
      moved += last;
    }
    if (moved > 0) log.info('Answers lapsed with the day.', { count: moved });
    return Math.min(LONGEST_WAIT_MS, millisecondsBetween(at, startOfDay(addDays(today, 1), 'UTC')));
  }, log);
}
