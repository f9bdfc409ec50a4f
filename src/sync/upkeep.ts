import type { Logger } from '#log';
import type { Store } from '#store/store';

import { Loop } from './loop.ts';

const BATCH = 100;
const LOOK_EVERY_MS = 60_000;

/** Goes on with what was cut short: erasures first, then what records from before there were searches are found by; forgets events done with long ago. */
export function createUpkeepLoop(store: Store, log: Logger): Loop {
  return new Loop(async (signal) => {
    await store.erasures.finishErasures();
    while (!signal.aborted && (await store.upkeep.fillSearches(BATCH)));
    while (!signal.aborted && (await store.webhookEvents.forgetDone(BATCH)));
    return LOOK_EVERY_MS;
  }, log);
}
