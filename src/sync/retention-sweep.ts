import { addMilliseconds } from '#kyc/instant';
import type { Logger } from '#log';
import type { Store } from '#store/store';

import { Loop } from './loop.ts';

const BATCH = 1000;
const LOOK_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Takes changes out of the log that are older than it is to reach back. Of several gateways each may: it is done once. */
export function createRetentionSweep(store: Store, { days, log }: { days: number; log: Logger }): Loop {
  return new Loop(async (signal) => {
    const before = addMilliseconds(await store.now(), -days * DAY_MS);
    let forgotten = 0;
    for (let last = BATCH; last === BATCH && !signal.aborted; ) {
      last = await store.changes.forget(before, BATCH);
      forgotten += last;
    }
    if (forgotten > 0)
      log.info('Changes older than CHANGE_RETENTION_DAYS were forgotten.', { count: forgotten });
    return LOOK_EVERY_MS;
  }, log);
}
