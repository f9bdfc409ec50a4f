import type { SourceErrorCode } from '#kyc/source-report';
import type { SourceDescriptor, SourcePace } from '#sources/source';
import type { ScanState } from '#store/store';
import type { EventOutcome, TakenEvent } from '#store/webhook-events/webhook-events';
import type { SourceError } from '#upstream/source-error';

const FIRST_MS = 1000;
const MOST_MS = 60_000;
/** As long as a source may ask to be left alone: it may not mean more. */
const MOST_ASKED_MS = 3_600_000;
/** No outage that anybody lets stand is longer. */
const GIVEN_UP_AFTER_MS = 7 * 86_400_000;
/** So often, over some four minutes, something is asked for that the source answers badly, or says it has not (yet). */
const MOST_ATTEMPTS = 9;

/** Failures that concern what was asked for alone; all others may be the whole source's, and end by themselves. */
const OF_ONE: ReadonlySet<SourceErrorCode> = new Set([
  'SOURCE_BAD_PAYLOAD',
  'SOURCE_NOT_FOUND',
  'SOURCE_INCOMPLETE',
]);

/** Doubling from a second to a minute. @param attempts from 1 on */
export function waitMs(attempts: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(30, attempts - 1));
}

/** What becomes of an event when its source could not be read. */
export function outcomeAfter(
  { code, retryAfterMs }: SourceError,
  { attempts }: Pick<TakenEvent, 'attempts'>,
  ageMs: number,
  ask: SourceDescriptor['ask'],
): EventOutcome {
  // Where each owner has a credential, a refusal is of that one.
  const isOfOne = OF_ONE.has(code) || (code === 'SOURCE_REFUSED' && ask === 'owner');
  const isGivenUp = isOfOne ? attempts >= MOST_ATTEMPTS : ageMs > GIVEN_UP_AFTER_MS;
  if (isGivenUp) return { state: 'PUT_ASIDE', reason: 'SOURCE_UNREADABLE' };
  return {
    state: 'WAITING',
    forMs: Math.max(waitMs(attempts), Math.min(MOST_ASKED_MS, retryAfterMs ?? 0)),
  };
}

/** A source may tell of something before all of it knows: it is asked again for a while. */
export function outcomeWhenUnknown({ attempts }: Pick<TakenEvent, 'attempts'>): EventOutcome {
  return attempts < MOST_ATTEMPTS
    ? { state: 'WAITING', forMs: waitMs(attempts) }
    : { state: 'PUT_ASIDE', reason: 'NOT_AT_SOURCE' };
}

/** At a source that can only be scanned: done with when a scan that was begun later came to its end. */
export function outcomeOfScan(
  { attempts, receivedAt }: Pick<TakenEvent, 'attempts' | 'receivedAt'>,
  ageMs: number,
  { completedStartedAt }: Pick<ScanState, 'completedStartedAt'>,
  { scanEveryMs }: Pick<SourcePace, 'scanEveryMs'>,
): EventOutcome {
  if (completedStartedAt !== null && completedStartedAt > receivedAt) return { state: 'DONE' };
  if (scanEveryMs === 0) return { state: 'PUT_ASIDE', reason: 'SCANS_OFF' };
  if (ageMs > GIVEN_UP_AFTER_MS) return { state: 'PUT_ASIDE', reason: 'SOURCE_UNREADABLE' };
  return { state: 'WAITING', forMs: waitMs(attempts) };
}
