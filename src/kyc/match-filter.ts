import type { Instant } from './instant.ts';
import type { KnownVerification } from './known-verification.ts';
import { foldWord } from './status.ts';
import type { InstantRange, VerificationFilter } from './verification-filter.ts';
import { verificationTimes } from './verification-filter.ts';

/**
 * True when a verification is meant by the filter, as the store's own query decides it. `filter.userId` is not looked
 * at: the caller has applied it.
 */
export function matchesFilter(known: KnownVerification, filter: VerificationFilter): boolean {
  return (
    isIn(filter.sources, known.source) &&
    isIn(filter.kinds, known.kind) &&
    isIn(filter.statuses, known.status) &&
    isIn(filter.statusReasons, known.reason) &&
    isFoldedIn(filter.sourceStatuses, known.sourceStatus) &&
    isFoldedIn(filter.outcomes, known.outcome) &&
    isIn(filter.externalIds, known.externalId) &&
    isIn(filter.externalUserIds, known.externalUserId) &&
    (filter.hasFaults === undefined || filter.hasFaults === known.faults.length > 0) &&
    hasMatchingDetails(known, filter) &&
    liesInTimes(known, filter)
  );
}

function hasMatchingDetails(known: KnownVerification, filter: VerificationFilter): boolean {
  if (known.kind === 'CHECK' && !isIn(filter.checkTypes, known.details.type)) return false;
  const { profileId, accountType } =
    known.kind === 'IDV_APPLICATION' ? known.details : { profileId: null, accountType: null };
  return isIn(filter.profileIds, profileId) && isIn(filter.accountTypes, accountType);
}

function liesInTimes(known: KnownVerification, filter: VerificationFilter): boolean {
  return verificationTimes.every((time) =>
    (filter.times?.[time] ?? []).every((range) => liesIn(range, known[time])),
  );
}

function liesIn(range: InstantRange, at: Instant | null): boolean {
  if (at === null) return false;
  return (range.from === null || at >= range.from) && (range.before === null || at < range.before);
}

function isIn<Value>(values: readonly Value[] | undefined, value: Value | null): boolean {
  return values === undefined || (value !== null && values.includes(value));
}

function isFoldedIn(words: readonly string[] | undefined, word: string | null): boolean {
  if (words === undefined) return true;
  if (word === null) return false;
  const folded = foldWord(word);
  return words.some((one) => foldWord(one) === folded);
}
