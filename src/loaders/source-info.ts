import { addMilliseconds, type Instant, millisecondsBetween } from '#kyc/instant';
import type { SourceFailure } from '#kyc/source-report';
import type { Source, SourceDescriptor } from '#sources/source';
import type { ScanState, Store } from '#store/store';

import type { LoaderDeps } from './deps.ts';
import { keptUp } from './kept-up.ts';
import type { SourceInfo } from './loaders.ts';

/** How one source of the registry stands; one that is switched off has no records and is DOWN to nobody. */
export async function loadSourceInfo(deps: LoaderDeps, descriptor: SourceDescriptor): Promise<SourceInfo> {
  const { id, capabilities, statusMap } = descriptor;
  const source = deps.sources.find((enabled) => enabled.descriptor.id === id);
  const [counts, scan, lastWebhookAt] = await Promise.all([
    deps.store.countOfSource(id),
    deps.store.scanState(id),
    deps.store.webhookEvents.lastReceivedAt(id),
  ]);
  const standing = source === undefined ? SWITCHED_OFF : await loadStanding(deps.store, source, scan);
  return {
    source: id,
    enabled: source !== undefined,
    capabilities,
    statusMap,
    recordCount: counts.records,
    recordCountAtSource: scan.totalAtSource,
    faultyRecords: counts.faulty,
    lastWebhookAt,
    nextSyncAt: source === undefined ? null : deps.nextSyncAt(id),
    lastError: scan.failure,
    ...standing,
  };
}

type Standing = Pick<SourceInfo, 'health' | 'lagSeconds' | 'lastSyncedAt'>;
const SWITCHED_OFF: Standing = { health: 'DOWN', lagSeconds: null, lastSyncedAt: null };

async function loadStanding(store: Store, source: Source, scan: ScanState): Promise<Standing> {
  const { pace, descriptor } = source;
  const at = await store.now();
  const health = await loadHealth(store, scan.failure);
  if (source.fetchPage !== undefined) {
    const lastSyncedAt = scan.completedStartedAt;
    return { health, lastSyncedAt, lagSeconds: lagSeconds(lastSyncedAt, at, pace.scanEveryMs) };
  }
  const polls = await store.pollState(descriptor.id, {
    openBefore: addMilliseconds(at, -pace.pollOpenAfterMs),
    finalBefore: addMilliseconds(at, -pace.pollFinalAfterMs),
    ...keptUp(source),
  });
  const lag = polls.overdue === 0 ? null : lagSeconds(polls.oldestReadAt, at, 0);
  return { health, lastSyncedAt: polls.oldestReadAt, lagSeconds: lag };
}

/** Null while nothing is due; else the age of what should have been read again. */
function lagSeconds(readAt: Instant | null, at: Instant, everyMs: number): number | null {
  if (readAt === null) return null;
  const ageMs = millisecondsBetween(readAt, at);
  return ageMs <= everyMs ? null : Math.floor(ageMs / 1000);
}

/** What cannot be stored falls behind, however well the source answers. */
async function loadHealth(store: Store, failure: SourceFailure | null): Promise<SourceInfo['health']> {
  if (failure === null) return (await store.isWritable()) ? 'UP' : 'DEGRADED';
  return failure.code === 'SOURCE_INCOMPLETE' || failure.code === 'SOURCE_RATE_LIMITED' ? 'DEGRADED' : 'DOWN';
}
