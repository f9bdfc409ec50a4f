import type { Freshness } from '#kyc/freshness';
import { millisecondsBetween, now } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import { lackOf } from '#kyc/source-report';
import type { Source } from '#sources/source';

import { knownFromRead } from './live-known.ts';
import type { LiveRead, LiveReader } from './live-reader.ts';
import { failureOf, SourceUnansweredError } from './source-failure.ts';
import { within } from './within.ts';

export interface RecordQuestion {
  readonly source: Source;
  readonly externalId: string;
  /** The owner, where it is known: needed at sources that nest records below users or read by user alone. */
  readonly externalUserId: string | null;
  readonly held: KnownVerification | null;
  readonly freshness: Freshness;
  readonly readWaitMs: number;
}

/** What came of asking for one record. */
export type RecordAnswer =
  /** The copy stands (or there is none): nothing was asked, or the source could not say. */
  | { readonly of: 'COPY'; readonly known: KnownVerification | null }
  | { readonly of: 'LIVE'; readonly known: KnownVerification }
  /** The store has learnt something that must be read from it: a record never seen, or one that is gone. */
  | { readonly of: 'LEARNT' };

/**
 * Reads one record again where its copy is too old for the question, by id or else by its user.
 * @throws SourceUnansweredError when the source could not say and there is no copy
 */
export async function loadRecord(question: RecordQuestion, reader: LiveReader): Promise<RecordAnswer> {
  const { held, freshness, readWaitMs } = question;
  if (freshness === 'STORED' || isYoung(question)) return { of: 'COPY', known: held };
  const ask = waysToAsk(question, reader);
  if (ask === null) return { of: 'COPY', known: scannedCopy(question) };
  try {
    const answer = ask();
    const live = freshness === 'FRESH' && held !== null ? await within(answer, readWaitMs) : await answer;
    return live === 'LATE' ? { of: 'COPY', known: staleCopy(held) } : await answerFrom(question, live);
  } catch (error) {
    const failure = failureOf(error);
    if (held === null) throw new SourceUnansweredError(failure);
    return { of: 'COPY', known: staleCopy(held) };
  }
}

function isYoung({ held, freshness, source }: RecordQuestion): boolean {
  if (held === null || freshness === 'LIVE') return false;
  return millisecondsBetween(held.observedAt, now()) <= source.pace.maxAgeMs;
}

function waysToAsk(question: RecordQuestion, reader: LiveReader): (() => Promise<LiveRead | null>) | null {
  const { source, externalId, externalUserId } = question;
  const { id, capabilities, ask } = source.descriptor;
  // A source that reads by id but not whole lists nests its records below their users.
  const nested = !capabilities.includes('LIST');
  if (capabilities.includes('BY_ID') && (externalUserId !== null || !nested)) {
    return () => reader.fetchRecord(id, { externalId, externalUserId });
  }
  if (ask === 'scan' || externalUserId === null) return null;
  return () => reader.fetchIdentity(id, externalUserId);
}

/** A source that can only be scanned is as fresh as twice its interval; where nobody can be asked, the copy is stale. */
function scannedCopy({ held, source }: RecordQuestion): KnownVerification | null {
  if (held === null || source.descriptor.ask !== 'scan') return staleCopy(held);
  const ageMs = millisecondsBetween(held.observedAt, now());
  return ageMs <= 2 * source.pace.scanEveryMs ? held : staleCopy(held);
}

/** A tombstone is never stale: nothing fresher is to be had of it. */
function staleCopy(held: KnownVerification | null): KnownVerification | null {
  return held === null || held.deleted ? held : { ...held, stale: true };
}

async function answerFrom(question: RecordQuestion, live: LiveRead | null): Promise<RecordAnswer> {
  const { held, externalId, source } = question;
  if (live === null) return { of: 'LEARNT' };
  const fetched = live.read.records.find(({ verification }) => verification.externalId === externalId);
  if (fetched === undefined) return withoutIt(question, live);
  if (held === null || held.externalUserId !== fetched.verification.externalUserId) {
    await live.learnt;
    return { of: 'LEARNT' };
  }
  return {
    of: 'LIVE',
    known: knownFromRead(source.descriptor, fetched, live, { held, userId: held.userId }),
  };
}

/** The source answered without this record. Only a whole answer says that there is none. */
function withoutIt({ held }: RecordQuestion, { read }: LiveRead): RecordAnswer {
  const lack = lackOf(read);
  if (held === null && lack !== null) throw new SourceUnansweredError(lack);
  return { of: 'COPY', known: staleCopy(held) };
}
