import type { ReadOptions, ScanPage, Source } from '#sources/source';
import type { ScanOutcome, ScanState, Store } from '#store/store';

import { ingestSourceOf, type Lesson, learn } from './learn.ts';
import { checkpointOf, type Place, placeAfter, placeOf } from './scan-place.ts';

/** Told after every page, for the log. */
export interface PageTold {
  /** Rows that were read since this run began; some of them may be known already. */
  readonly records: number;
  /** Of those, the ones that the store had not. */
  readonly created: number;
  readonly totalAtSource: number | null;
  /** True while the open records are read, ahead of the whole list. */
  readonly ahead: boolean;
}

export interface ScanOptions {
  readonly signal: AbortSignal;
  readonly onPage?: (told: PageTold) => void;
  /** False: a first scan does not look for open records first. True when absent. */
  readonly openFirst?: boolean;
}

/**
 * Reads the whole list of a source, page by page, from where the last run stopped; the first time the open records
 * before all others, where the source can be asked so. A page is in the store, checkpoint and all, before the next one
 * is asked for.
 * @throws SourceError when a page could not be read; the checkpoint stays.
 */
export async function scan(store: Store, source: Source, options: ScanOptions): Promise<ScanOutcome> {
  if (source.fetchPage === undefined) throw new TypeError('Only a source that lists can be scanned.');
  const state = await store.beginScan(source.descriptor.id);
  const lookAhead =
    options.openFirst !== false && state.completedAt === null && source.fetchOpenPage !== undefined;
  let place: Place | null = placeOf(state.checkpoint, lookAhead);
  let [records, created] = [0, 0];
  while (place !== null) {
    const { page, next, stored } = await takePage(store, source, { state, place, signal: options.signal });
    records += page.records.length;
    created += stored;
    options.onPage?.({ records, created, totalAtSource: page.totalAtSource, ahead: place.ahead });
    place = next;
  }
  return store.endScan(ingestSourceOf(source), state.generation);
}

async function takePage(
  store: Store,
  source: Source,
  of: { state: ScanState; place: Place; signal: AbortSignal },
): Promise<{ page: ScanPage; next: Place | null; stored: number }> {
  const { place, state } = of;
  const readStartedAt = await store.now();
  const page = await fetchAt(source, place, { pace: 'BACKGROUND', signal: of.signal });
  const next = placeAfter(place, page);
  // What a look ahead lacks, the scan itself still gives.
  const { unidentified, totalAtSource, incomplete } = place.ahead ? NOTHING_OWED : page;
  const scan = {
    generation: state.generation,
    next: checkpointOf(next),
    unidentified,
    totalAtSource,
    incomplete,
  };
  const lesson = { source, readStartedAt, identitiesRead: [] } as const;
  if (state.completedAt !== null) await learnHinted(store, lesson, page);
  const { created } = await learn(store, {
    ...lesson,
    learntBy: 'POLL',
    read: page,
    scan,
    ahead: place.ahead,
  });
  return { page, next, stored: created };
}

/** The records of those of whom the source told by a webhook come first, so that the log says how they were learnt. */
async function learnHinted(
  store: Store,
  lesson: Pick<Lesson, 'source' | 'readStartedAt' | 'identitiesRead'>,
  page: ScanPage,
): Promise<void> {
  if (lesson.source.webhooks === undefined) return;
  const hinted = await store.webhookEvents.waitingUsers(lesson.source.descriptor.id);
  const records = page.records.filter(({ verification }) => hinted.has(verification.externalUserId ?? ''));
  if (records.length === 0) return;
  await learn(store, { ...lesson, learntBy: 'WEBHOOK', read: { ...page, records }, scan: null });
}

const NOTHING_OWED = { unidentified: 0, totalAtSource: null, incomplete: null } as const;

function fetchAt(source: Source, { ahead, position }: Place, options: ReadOptions): Promise<ScanPage> {
  const page = ahead ? source.fetchOpenPage?.(position, options) : source.fetchPage?.(position, options);
  if (page === undefined) throw new TypeError('The source does not list so.');
  return page;
}
