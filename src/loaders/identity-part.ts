import type { Freshness } from '#kyc/freshness';
import { type Instant, latest, millisecondsBetween, now } from '#kyc/instant';
import { incomplete, lackOf, type SourceFailure } from '#kyc/source-report';
import { type Standing, standingOfScan } from '#kyc/standing';
import type { Source } from '#sources/source';
import type { ScanState } from '#store/store';

import type { LiveRead, LiveReader } from './live-reader.ts';
import { failureOf, waitedTooLong } from './source-failure.ts';
import { within } from './within.ts';

/** What one identity contributes: a live read where there was one, else the copy held. */
export interface IdentityPart {
  readonly externalId: string;
  /** Null: the copy stands. */
  readonly live: LiveRead | null;
  readonly standing: Standing;
}

export interface IdentityQuestion {
  readonly source: Source;
  readonly externalId: string;
  /** When its copy was last known to be whole by its own read; null where it never was. */
  readonly lastReadAt: Instant | null;
  /** True when the store holds anything that counts for it. */
  readonly hasRecords: boolean;
  /** False for an account of somebody else that this caller may not make a source be asked about. */
  readonly mayAsk: boolean;
  /** How the source's scans stand; null at a source that cannot be listed. */
  readonly scan: ScanState | null;
  readonly freshness: Freshness;
  readonly readWaitMs: number;
}

/** Decides between store and source for one identity, and says how that went. Never throws for a source's fault. */
export async function loadIdentityPart(
  question: IdentityQuestion,
  reader: LiveReader,
): Promise<IdentityPart> {
  const { source, externalId, freshness, readWaitMs } = question;
  const knownAt = latest(question.lastReadAt, question.scan?.completedStartedAt ?? null);
  const hasCopy = knownAt !== null || question.hasRecords;
  const copy = (standing: Standing): IdentityPart => ({ externalId, live: null, standing });
  if (!mustAsk(question, knownAt)) return copy(storedStanding(question, knownAt));
  if (!question.mayAsk) {
    return copy(failed(hasCopy, knownAt, incomplete('An application of another account is not asked for.')));
  }
  const answer = reader.fetchIdentity(source.descriptor.id, externalId);
  try {
    const live = freshness === 'FRESH' && hasCopy ? await within(answer, readWaitMs) : await answer;
    if (live === 'LATE') return copy(failed(hasCopy, knownAt, waitedTooLong(readWaitMs)));
    return { externalId, live, standing: liveStanding(live) };
  } catch (error) {
    return copy(failed(hasCopy, knownAt, failureOf(error)));
  }
}

function mustAsk({ source, freshness }: IdentityQuestion, knownAt: Instant | null): boolean {
  if (source.descriptor.ask === 'scan' || freshness === 'STORED') return false;
  if (freshness === 'LIVE' || knownAt === null) return true;
  return millisecondsBetween(knownAt, now()) > source.pace.maxAgeMs;
}

function liveStanding({ read, observedAt }: LiveRead): Standing {
  const error = lackOf(read);
  return { state: error === null ? 'COMPLETE' : 'PARTIAL', asOf: observedAt, error };
}

function failed(hasCopy: boolean, asOf: Instant | null, error: SourceFailure): Standing {
  return { state: hasCopy ? 'STALE' : 'UNAVAILABLE', asOf, error };
}

function storedStanding({ scan, source, hasRecords }: IdentityQuestion, asOf: Instant | null): Standing {
  const failure = scan?.failure ?? null;
  if (asOf === null) {
    const error = failure ?? incomplete('This identity has not been read whole yet.');
    return { state: hasRecords ? 'PARTIAL' : 'UNAVAILABLE', asOf, error };
  }
  if (source.descriptor.ask !== 'scan') return { state: 'COMPLETE', asOf, error: null };
  return standingOfScan({ asOf, failure }, { at: now(), scanEveryMs: source.pace.scanEveryMs });
}
