import type { Answer, Contribution, RollUpPolicy } from './answer.ts';
import { addDays, type Day } from './instant.ts';
import { verdictOn } from './verdict.ts';

const RULES: Readonly<Record<RollUpPolicy, string>> = {
  strict:
    'Strict: the first of REJECTED, ACTION_REQUIRED, IN_REVIEW, PENDING, ERROR and UNKNOWN that any contributor has stands; without these one valid approval approves, else EXPIRED, else NOT_STARTED.',
  any: 'Any: one valid approval approves unless a contributor was rejected later or a compliance check rejects; otherwise the strict order stands: REJECTED, ACTION_REQUIRED, IN_REVIEW, PENDING, ERROR, UNKNOWN, EXPIRED, NOT_STARTED.',
};

/** The policy in one sentence. */
export function ruleSentence(policy: RollUpPolicy): string {
  return RULES[policy];
}

/**
 * The answer for a user on `today` (UTC) from all that the sources say of the user's identities, in any order
 * (design/statuses.md, "A user's answer"). `validUntil` and `lapsesOn` are exact as long as no contribution changes.
 */
export function rollUp(contributions: readonly Contribution[], policy: RollUpPolicy, today: Day): Answer {
  const verdict = verdictOn(today, contributions, policy);
  const turns = lapseDays(contributions, today).map((day) => ({
    day,
    verdict: verdictOn(day, contributions, policy),
  }));
  const end = turns.find((turn) => turn.verdict.status !== 'APPROVED');
  const approvedUntil = verdict.status === 'APPROVED' && end !== undefined ? addDays(end.day, -1) : null;
  const told = JSON.stringify(verdict);
  const lapse = turns.find((turn) => JSON.stringify(turn.verdict) !== told);
  return { ...verdict, validUntil: approvedUntil, lapsesOn: lapse?.day ?? null };
}

/** The days after `today`, ascending, on which an approval turns into a lapsed one. */
function lapseDays(contributions: readonly Contribution[], today: Day): readonly Day[] {
  const days = new Set<Day>();
  for (const { status, documentExpiresOn } of contributions) {
    if (status !== 'APPROVED' || documentExpiresOn === null || documentExpiresOn < today) continue;
    // After 9999-12-31, which is how "never" is spelled, comes no day: it is itself the one that changes nothing.
    days.add(addDays(documentExpiresOn, 1));
  }
  return [...days].sort();
}
