import type { SourceId } from '#kyc/source-id';
import type { Logger } from '#log';
import type { Source } from '#sources/source';
import type { Store } from '#store/store';

import { createLapseSweep } from './lapse-sweep.ts';
import type { Loop } from './loop.ts';
import { createPollWorker, SHORTEST_LOOK_MS } from './poll-worker.ts';
import { createRetentionSweep } from './retention-sweep.ts';
import { createScanWorker } from './scan-worker.ts';
import { createUpkeepLoop } from './upkeep.ts';

/** A hint or a refresh brings a whole scan forward at most this often. */
const MIN_SCAN_GAP_MS = 30_000;

/** Background work that one of the gateways on a store does at a time. */
export interface Duty {
  /** Of its lease. */
  readonly name: string;
  /** How closely one run may follow another when it is brought forward. */
  readonly minGapMs: number;
  /** Loops that were not started; the first says how the work stands. */
  createLoops(store: Store): readonly [Loop, ...Loop[]];
}

export function nameOfSourceDuty(source: SourceId): string {
  return `SOURCE:${source}`;
}

/** Null for a source that lists but is never to be scanned (scan interval 0). */
export function createSourceDuty(source: Source, log: Logger): Duty | null {
  const name = nameOfSourceDuty(source.descriptor.id);
  if (source.fetchPage === undefined)
    return {
      name,
      minGapMs: SHORTEST_LOOK_MS,
      createLoops: (store) => [createPollWorker(store, source, log)],
    };
  if (source.pace.scanEveryMs === 0) return null;
  return {
    name,
    minGapMs: MIN_SCAN_GAP_MS,
    createLoops: (store) => [createScanWorker(store, source, log)],
  };
}

/** What concerns no source: the calendar, what was cut short, the old end of the log. */
export function createHousekeeping(log: Logger, { changeRetentionDays }: HousekeepingOptions): Duty {
  return {
    name: 'HOUSEKEEPING',
    minGapMs: 0,
    createLoops: (store) => [
      createLapseSweep(store, log),
      createUpkeepLoop(store, log),
      ...(changeRetentionDays === null
        ? []
        : [createRetentionSweep(store, { days: changeRetentionDays, log })]),
    ],
  };
}

export interface HousekeepingOptions {
  /** How far the change log is to reach back; null: for ever. */
  readonly changeRetentionDays: number | null;
}
