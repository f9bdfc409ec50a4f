import type { LearntBy } from '#kyc/change';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { Instant } from '#kyc/instant';
import { lackOf } from '#kyc/source-report';
import { subjectsOf } from '#kyc/verification';
import type { Source, SourceRead } from '#sources/source';
import { type IngestResult, type IngestSource, MAX_BATCH, type ScanProgress, type Store } from '#store/store';

/** One read of a source and what it covers, on its way into the store. */
export interface Lesson {
  readonly source: Source;
  readonly learntBy: LearntBy;
  /** When the request was started, by the store's clock. */
  readonly readStartedAt: Instant;
  readonly read: SourceRead;
  /** External ids of users whom the read asked for whole. */
  readonly identitiesRead: readonly string[];
  /** Present for a page of a scan: saved with its last batch. */
  readonly scan: ScanProgress | null;
  /** True for records read ahead of the scan under way. */
  readonly ahead?: boolean;
}

/** The identity that was asked for, where the read gave all that there is of it; else none: it stays due. */
export function readWhole(read: SourceRead, externalId: string): readonly string[] {
  return lackOf(read) === null ? [externalId] : [];
}

export function ingestSourceOf(source: Source): IngestSource {
  const { id, versioning, keepsPersonal, capabilities } = source.descriptor;
  return { id, versioning, keepsPersonal, listed: capabilities.includes('LIST') };
}

/**
 * The one road of what a source said into the store: in batches small enough that others wait briefly behind each.
 * What the read covers (identities, the scan's checkpoint) is written with the last batch, so that a crash in between
 * only repeats work.
 */
export async function learn(store: Store, lesson: Lesson): Promise<IngestResult> {
  const { read, identitiesRead, scan, learntBy, readStartedAt, ahead = false } = lesson;
  const source = ingestSourceOf(lesson.source);
  const total = { created: 0, changed: 0, late: 0, unchanged: 0 };
  const batches = batchesOf(read.records);
  for (const [index, records] of batches.entries()) {
    const isLast = index === batches.length - 1;
    const covers = isLast ? { identitiesRead, scan } : { identitiesRead: [], scan: null };
    const result = await store.ingest({ source, learntBy, readStartedAt, records, ahead, ...covers });
    total.created += result.created;
    total.changed += result.changed;
    total.late += result.late;
    total.unchanged += result.unchanged;
  }
  return total;
}

/** Users whose answers one batch may move: a record with many entities names many. */
const MAX_NAMED = 1000;

/** At least one, an empty one where there are no records: what the read covers goes with the last. */
function batchesOf(records: readonly FetchedRecord[]): readonly (readonly FetchedRecord[])[] {
  const batches: FetchedRecord[][] = [[]];
  let named = 0;
  for (const record of records) {
    const names = subjectsOf(record.verification).length;
    const present = batches.at(-1);
    if (present === undefined || present.length === MAX_BATCH || (named > 0 && named + names > MAX_NAMED)) {
      batches.push([record]);
      named = names;
    } else {
      present.push(record);
      named += names;
    }
  }
  return batches;
}
