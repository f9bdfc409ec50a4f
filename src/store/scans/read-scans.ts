import type { SourceId } from '#kyc/source-id';
import { readBeside, type StorePlace } from '#store/read-beside';
import type { ScanState } from '#store/store';

import { heldBackIn, missedOf } from './held-back.ts';
import { countMissed } from './missed.ts';
import { scanStateOf } from './scan-rows.ts';

/** How the scans of one source stand. */
export interface SourceScans {
  readonly source: SourceId;
  /** `heldBack.records`: as many as a confirmation would delete now. */
  readonly state: ScanState;
}

const NO_STORE = 'There is no store of this version there: start the gateway once.';

/**
 * Every source that a scan was ever begun of, in byte order, from a store that is only read: beside a running gateway
 * too.
 * @throws StoreRefusedError when there is no store, it cannot be used, or it is of another version
 */
export async function readScans(place: StorePlace): Promise<readonly SourceScans[]> {
  return await readBeside(place, NO_STORE, async (database) => {
    const rows = await database.selectFrom('scans').selectAll().where('generation', '>', 0).execute();
    const scans: SourceScans[] = [];
    for (const row of rows) {
      const state = scanStateOf(row);
      const stored = heldBackIn(row);
      const records = stored === null ? 0 : await countMissed(database, missedOf(row.source, stored));
      const heldBack = state.heldBack && { ...state.heldBack, records };
      scans.push({ source: row.source as SourceId, state: { ...state, heldBack } });
    }
    return scans.toSorted((one, other) => (one.source < other.source ? -1 : 1));
  });
}
