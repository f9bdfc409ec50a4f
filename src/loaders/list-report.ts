import { addMilliseconds, type Instant } from '#kyc/instant';
import { incomplete, type SourceFailure, type SourceReport } from '#kyc/source-report';
import { type Standing, standingOfScan } from '#kyc/standing';
import type { Source } from '#sources/source';
import type { PollState, ScanState, Store } from '#store/store';

import { keptUp } from './kept-up.ts';

/** How fresh and whole one source's part of the store is, for lists. */
export async function loadListReport(store: Store, source: Source): Promise<SourceReport> {
  const { descriptor, pace } = source;
  const [scan, at, counts] = await Promise.all([
    store.scanState(descriptor.id),
    store.now(),
    store.countOfSource(descriptor.id),
  ]);
  if (source.fetchPage !== undefined) {
    return {
      source: descriptor.id,
      ...ofScans(scan, { at, everyMs: pace.scanEveryMs, records: counts.records }),
    };
  }
  // Twice the interval, as for scans: a read that is merely due is not yet stale.
  const polls = await store.pollState(descriptor.id, {
    openBefore: addMilliseconds(at, -2 * pace.pollOpenAfterMs),
    finalBefore: addMilliseconds(at, -2 * pace.pollFinalAfterMs),
    ...keptUp(source),
  });
  return { source: descriptor.id, ...ofPolls(polls, scan.failure) };
}

function ofScans(scan: ScanState, now: { at: Instant; everyMs: number; records: number }): Standing {
  const asOf = scan.completedStartedAt;
  if (asOf === null) {
    const error = scan.failure ?? incomplete('The first whole scan has not finished yet.');
    return { state: now.records === 0 && scan.failure !== null ? 'UNAVAILABLE' : 'PARTIAL', asOf, error };
  }
  if (scan.failure?.code === 'SOURCE_INCOMPLETE' || scan.heldBack !== null)
    return { state: 'PARTIAL', asOf, error: scan.failure };
  return standingOfScan({ asOf, failure: scan.failure }, { at: now.at, scanEveryMs: now.everyMs });
}

function ofPolls(polls: PollState, failure: SourceFailure | null): Standing {
  const asOf = polls.oldestReadAt;
  if (polls.known > 0 && polls.neverRead === polls.known) {
    const error = failure ?? incomplete('None of its known users has been read yet.');
    return { state: failure === null ? 'PARTIAL' : 'UNAVAILABLE', asOf, error };
  }
  if (polls.neverRead > 0) {
    return {
      state: 'PARTIAL',
      asOf,
      error: failure ?? incomplete('Some of its known users have not been read yet.'),
    };
  }
  if (polls.overdue > 0) {
    return {
      state: 'STALE',
      asOf,
      error: failure ?? incomplete('Some of its known users are due to be read again.'),
    };
  }
  return { state: 'COMPLETE', asOf, error: null };
}
