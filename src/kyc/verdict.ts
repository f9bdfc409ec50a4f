import type { Answer, Contribution, RollUpPolicy } from './answer.ts';
import { contributorsOn, isCompliance } from './contributors.ts';
import type { Day, Instant } from './instant.ts';
import { nextActionOf } from './next-action.ts';
import type { KycStatus } from './status.ts';

/** Under `strict` the first of these that any contributor has is the answer; under `any` when no approval stands. */
const PRECEDENCE: readonly KycStatus[] = [
  'REJECTED',
  'ACTION_REQUIRED',
  'IN_REVIEW',
  'PENDING',
  'ERROR',
  'UNKNOWN',
  'APPROVED',
  'EXPIRED',
  'NOT_STARTED',
];

/** An answer without a look at later days. */
export type Verdict = Omit<Answer, 'validUntil' | 'lapsesOn'>;

/** The answer on one day, from contributions in any order. */
export function verdictOn(today: Day, contributions: readonly Contribution[], policy: RollUpPolicy): Verdict {
  const contributors = contributorsOn(today, contributions);
  const deciding = decidingOf(contributors, policy);
  const { status, reason, canRetry } = deciding ?? NOTHING;
  return {
    policy,
    status,
    reason,
    becauseId: deciding?.verificationId ?? null,
    nextAction: nextActionOf({ status, reason, canRetry }),
    canRetry,
    contributorIds: [...new Set(contributors.map((one) => one.verificationId))].sort(),
    conflicting: areConflicting(contributors),
  };
}

const NOTHING = { status: 'NOT_STARTED', reason: null, canRetry: null } as const;

/** @param contributors newest first, so that of equals the newest decides, then the smaller id */
function decidingOf(contributors: readonly Contribution[], policy: RollUpPolicy): Contribution | null {
  const standing = policy === 'any' ? contributors.find((one) => isStanding(one, contributors)) : undefined;
  if (standing !== undefined) return standing;
  for (const status of PRECEDENCE) {
    const first = contributors.find((one) => one.status === status);
    if (first !== undefined) return first;
  }
  return null;
}

/** True for an approval that nothing rejected later; a compliance veto holds whenever it was given. */
function isStanding(one: Contribution, contributors: readonly Contribution[]): boolean {
  if (one.status !== 'APPROVED') return false;
  const rejections = contributors.filter((other) => other.status === 'REJECTED');
  return rejections.every((other) => !isCompliance(other) && decisionTime(other) <= decisionTime(one));
}

function decisionTime(one: Contribution): Instant {
  return one.decidedAt ?? one.observedAt;
}

function areConflicting(contributors: readonly Contribution[]): boolean {
  const approvals = contributors.filter((one) => one.status === 'APPROVED');
  const rejections = contributors.filter((one) => one.status === 'REJECTED');
  return approvals.some((one) => rejections.some((other) => one.source !== other.source));
}
