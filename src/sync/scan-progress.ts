import type { SourceId } from '#kyc/source-id';
import type { Logger } from '#log';
import type { ScanOutcome, Store } from '#store/store';

import { Rhythm } from './rhythm.ts';
import type { PageTold } from './scan.ts';

/** Tells the log of one run of a scan: of a source's first sync at info, of later scans at debug. */
export interface ScanProgress {
  onPage(told: PageTold): void;
  onEnd(outcome: ScanOutcome): void;
}

export async function createScanProgress(store: Store, source: SourceId, log: Logger): Promise<ScanProgress> {
  const state = await store.scanState(source);
  const isFirst = state.completedAt === null;
  const say: Logger['info'] = (message, fields) =>
    isFirst ? log.info(message, fields) : log.debug(message, fields);
  // What an earlier run brought in counts too.
  const before = isFirst ? (await store.countOfSource(source)).records : 0;
  if (isFirst) {
    const goesOn = state.checkpoint !== null;
    log.info(goesOn ? 'The first sync goes on.' : 'The first sync begins.', { source, count: before });
  }
  const rhythm = new Rhythm();
  let count = before;
  return {
    onPage({ records, created, totalAtSource, ahead }) {
      count = isFirst ? before + created : records;
      const perSecond = rhythm.beat(records);
      if (perSecond === null) return;
      const total = totalAtSource === null ? {} : { total: totalAtSource };
      say(ahead ? 'Scanning open records first.' : 'Scanning.', { source, count, ...total, perSecond });
    },
    onEnd({ complete, deleted }) {
      const { durationMs } = rhythm;
      if (isFirst) {
        log.info(complete ? 'The first sync is complete.' : 'The first sync is not complete yet.', {
          source,
          count,
          durationMs,
        });
      } else {
        log.debug(complete ? 'A scan is complete.' : 'A scan is not complete.', {
          source,
          count: deleted,
          durationMs,
        });
      }
    },
  };
}
