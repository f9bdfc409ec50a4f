import type { Contribution } from './answer.ts';
import type { Day, Instant } from './instant.ts';
import { isUndecided } from './status.ts';

/**
 * The contributions that count on `today`, each with the status it counts with, newest first: one per source and
 * identity, and beside it the compliance check that vetoes there.
 */
export function contributorsOn(today: Day, contributions: readonly Contribution[]): readonly Contribution[] {
  const counting = contributions.filter((one) => one.status !== 'CANCELLED' && roleOf(one) !== null);
  const groups = Map.groupBy(counting, (one) => `${roleOf(one)}:${one.source}:${one.externalUserId}`);
  return [...groups.values()]
    .map((group) => {
      const newest = group.toSorted(newestFirst);
      return isCompliance(newest[0])
        ? vetoOf(newest)
        : standingOf(newest.map((one) => asCountedOn(today, one)));
    })
    .filter((one) => one !== undefined)
    .toSorted(newestFirst);
}

/** True for a check that can veto an approval and never gives one. */
export function isCompliance(one: Contribution | undefined): boolean {
  return one?.kind === 'CHECK' && one.checkType === 'COMPLIANCE';
}

/** Null for what never counts: INSTRUMENT_FIT, PROOF_OF_RESIDENCE and other checks. */
function roleOf(one: Contribution): 'ANSWER' | 'VETO' | null {
  if (isCompliance(one)) return 'VETO';
  return one.kind !== 'CHECK' || one.checkType === 'KYC' ? 'ANSWER' : null;
}

/** An approval whose document has expired counts as EXPIRED from the day after its last, UTC. */
function asCountedOn(today: Day, one: Contribution): Contribution {
  const lapsed = one.status === 'APPROVED' && one.documentExpiresOn !== null && one.documentExpiresOn < today;
  return lapsed ? { ...one, status: 'EXPIRED', reason: 'VERIFICATION_LAPSED' } : one;
}

/** The newest, but an approval that stands is not displaced by the refresh of it that is still under way. */
function standingOf(newest: readonly Contribution[]): Contribution | undefined {
  const settled = newest.find((one) => !(one.isUpdate && isUndecided(one.status)));
  return settled?.status === 'APPROVED' ? settled : newest[0];
}

/**
 * The newest decided compliance check, when it is a rejection. One without a decision has no time of its own at the
 * source that has them, so every read would make it the newest: it must not lift a veto.
 */
function vetoOf(newest: readonly Contribution[]): Contribution | undefined {
  const decided = newest.find((one) => one.status === 'APPROVED' || one.status === 'REJECTED');
  return decided?.status === 'REJECTED' ? decided : undefined;
}

/** Newest first; of equals the smaller id. The rest of the order is there to make it total. */
function newestFirst(one: Contribution, other: Contribution): number {
  return (
    compare(timeOf(other), timeOf(one)) ||
    compare(one.verificationId, other.verificationId) ||
    compare(one.source, other.source) ||
    compare(one.externalUserId, other.externalUserId) ||
    compare(one.checkType ?? '', other.checkType ?? '')
  );
}

function timeOf(one: Contribution): Instant {
  return one.decidedAt ?? one.updatedAt ?? one.createdAt ?? one.observedAt;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
