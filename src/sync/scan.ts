import type { ReadOptions, ScanPage, Source } from '#sources/source';
import type { ScanOutcome, ScanState, Store } from '#store/store';

import { ingestSourceOf, type Lesson, learn, readyToLearn } from './learn.ts';
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
 * before all others, where the source can be asked so. While the store takes in one page, checkpoint and all, the next
 * one is asked for, and no other: a crash repeats two pages at most.
 * @throws SourceError when a page could not be read; the checkpoint stays.
 */
export async function scan(store: Store, source: Source, options: ScanOptions): Promise<ScanOutcome> {
  if (source.fetchPage === undefined) throw new TypeError('Only a source that lists can be scanned.');
  const state = await store.beginScan(source.descriptor.id);
  const lookAhead =
    options.openFirst !== false && state.completedAt === null && source.fetchOpenPage !== undefined;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  let [records, created] = [0, 0];
  try {
    const first = placeOf(state.checkpoint, lookAhead);
    let fetching: Promise<FetchedPage> | null = fetchPage(store, source, { state, place: first, signal });
    while (fetching !== null) {
      const { page, place, next, keep }: FetchedPage = await fetching;
      fetching = next === null ? null : fetchPage(store, source, { state, place: next, signal });
      // Awaited below; until then nobody may take it for a failure that nobody sees.
      fetching?.catch(() => undefined);
      records += page.records.length;
      created += await keep();
      options.onPage?.({ records, created, totalAtSource: page.totalAtSource, ahead: place.ahead });
    }
  } finally {
    over.abort();
  }
  return store.endScan(ingestSourceOf(source), state.generation);
}

/** A page that was read, made ready for the store. */
interface FetchedPage {
  readonly page: ScanPage;
  readonly place: Place;
  readonly next: Place | null;
  /** Takes it in; returns how many records the store had not. */
  keep(): Promise<number>;
}

async function fetchPage(
  store: Store,
  source: Source,
  of: { state: ScanState; place: Place; signal: AbortSignal },
): Promise<FetchedPage> {
  const { place, state } = of;
  const readStartedAt = await store.now();
  const page = await fetchAt(source, place, { pace: 'BACKGROUND', signal: of.signal });
  const next = placeAfter(place, page);
  // What a look ahead lacks, the scan itself still gives.
  const { unidentified, totalAtSource, incomplete } = place.ahead ? NOTHING_OWED : page;
  const { generation } = state;
  const scan = { generation, next: checkpointOf(next), unidentified, totalAtSource, incomplete };
  const read = { readStartedAt, read: page, identitiesRead: [] };
  const ready = readyToLearn(store, { source, learntBy: 'POLL', reads: [read], scan, ahead: place.ahead });
  return {
    page,
    place,
    next,
    async keep() {
      if (state.completedAt !== null) await learnHinted(store, { source, ...read }, page);
      return (await ready.take()).created;
    },
  };
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
