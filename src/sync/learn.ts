import type { LearntBy } from '#kyc/change';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { Instant } from '#kyc/instant';
import { lackOf } from '#kyc/source-report';
import type { ToldOf } from '#kyc/told-status';
import { subjectsOf } from '#kyc/verification';
import type { Source, SourceRead } from '#sources/source';
import {
  type IngestBatch,
  type IngestRead,
  type IngestResult,
  type IngestSource,
  MAX_BATCH,
  type ScanProgress,
  type Store,
} from '#store/store';

/** One read of a source, and whom it covers. */
export interface CoveringRead {
  /** When the request was started, by the store's clock. */
  readonly readStartedAt: Instant;
  readonly read: SourceRead;
  /** External ids of users whom the read asked for whole. */
  readonly identitiesRead: readonly string[];
  /** What events told of records that it was to confirm; absent where nothing was told. */
  readonly told?: readonly ToldOf[];
}

/** Where reads come from, and what is noted with them. */
export interface Occasion {
  readonly source: Source;
  readonly learntBy: LearntBy;
  /** Present for a page of a scan: saved with its last batch. */
  readonly scan: ScanProgress | null;
  /** True for records read ahead of the scan under way. */
  readonly ahead?: boolean;
}

/** One read on its way into the store. */
export interface Lesson extends CoveringRead, Occasion {}

/** The identity that was asked for, where the read gave all that there is of it; else none: it stays due. */
export function readWhole(read: SourceRead, externalId: string): readonly string[] {
  return lackOf(read) === null ? [externalId] : [];
}

export function ingestSourceOf(source: Source): IngestSource {
  const { id, versioning, keepsPersonal, capabilities } = source.descriptor;
  return { id, versioning, keepsPersonal, listed: capabilities.includes('LIST') };
}

/** Takes one read into the store, as `learnTogether` does. */
export async function learn(store: Store, lesson: Lesson): Promise<IngestResult> {
  return await learnTogether(store, { ...lesson, reads: [lesson] });
}

/**
 * The one road of what a source said into the store: in batches small enough that others wait briefly behind each, and
 * with as many reads in each as there is room for. What a read covers (identities, the scan's checkpoint) is written
 * with the last of its records, so that a crash in between only repeats work.
 */
export async function learnTogether(store: Store, reads: Lessons): Promise<IngestResult> {
  return await readyToLearn(store, reads).take();
}

/** Reads of one occasion. */
export interface Lessons extends Occasion {
  readonly reads: readonly CoveringRead[];
}

/** Reads on their way into the store. */
export interface ReadyLessons {
  /** Takes them in. Once. */
  take(): Promise<IngestResult>;
}

/** The same in two halves: each batch is made ready while the one before it is taken in, the first one at once. */
export function readyToLearn(store: Store, { reads, ...occasion }: Lessons): ReadyLessons {
  const { learntBy, scan, ahead = false } = occasion;
  const source = ingestSourceOf(occasion.source);
  const parts = batchesOf(reads);
  const batches = parts.map((part, index): IngestBatch => {
    const isLast = index === parts.length - 1;
    return { source, learntBy, reads: part, scan: isLast ? scan : null, ahead };
  });
  const prepare = (batch: IngestBatch | undefined) => {
    // What fails here fails again when it is taken in, where somebody waits for it.
    if (batch !== undefined) store.prepare(batch).catch(() => undefined);
  };
  prepare(batches[0]);
  return {
    async take() {
      const total = { created: 0, changed: 0, late: 0, unchanged: 0 };
      for (const [index, batch] of batches.entries()) {
        const taken = store.ingest(batch);
        prepare(batches[index + 1]);
        const result = await taken;
        total.created += result.created;
        total.changed += result.changed;
        total.late += result.late;
        total.unchanged += result.unchanged;
      }
      return total;
    },
  };
}

/** Users whose answers one batch may move: a record with many entities names many. */
const MAX_NAMED = 1000;

/** A read in as many parts as it needs, whom it covers with the last; of reads that are small, many in one batch. */
function batchesOf(reads: readonly CoveringRead[]): readonly (readonly IngestRead[])[] {
  const parts = reads.flatMap(({ read, readStartedAt, identitiesRead, told = [] }): IngestRead[] => {
    const all = grouped(read.records, (record) => ({ records: 1, named: namedIn(record) }));
    const last = all.pop() ?? [];
    return [
      ...all.map((records) => ({ readStartedAt, records, identitiesRead: [] })),
      { readStartedAt, records: last, identitiesRead, told },
    ];
  });
  return grouped(parts, ({ records }) => ({
    records: records.length,
    named: records.reduce((sum, record) => sum + namedIn(record), 0),
  }));
}

function namedIn({ verification }: FetchedRecord): number {
  return subjectsOf(verification).length;
}

/** Items in order, in groups of as many as one batch has room for. */
function grouped<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => { records: number; named: number },
): Item[][] {
  const groups: Item[][] = [];
  let held = { records: 0, named: 0 };
  for (const item of items) {
    const size = sizeOf(item);
    const sum = { records: held.records + size.records, named: held.named + size.named };
    const present = groups.at(-1);
    const isFull = present?.length === MAX_BATCH || sum.records > MAX_BATCH || sum.named > MAX_NAMED;
    if (present === undefined || isFull) groups.push([item]);
    else present.push(item);
    held = present === undefined || isFull ? size : sum;
  }
  return groups;
}
