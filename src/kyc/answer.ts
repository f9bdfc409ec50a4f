import type { CheckType } from './check.ts';
import type { Day, Instant } from './instant.ts';
import type { SourceId } from './source-id.ts';
import type { KycStatus, KycStatusReason } from './status.ts';
import type { VerificationKind } from './verification-core.ts';

export const nextActions = [
  'NONE',
  'START',
  'UPLOAD_DOCUMENTS',
  'PROVIDE_INFORMATION',
  'RESUBMIT',
  'WAIT',
  'REVERIFY',
  'CONTACT_SUPPORT',
] as const;
export type NextAction = (typeof nextActions)[number];

export const rollUpPolicies = ['strict', 'any'] as const;
export type RollUpPolicy = (typeof rollUpPolicies)[number];

/** What the roll-up needs to know of one record, for one of the identities it counts for. */
export interface Contribution {
  readonly verificationId: string;
  readonly source: SourceId;
  /** The identity's id at the source. */
  readonly externalUserId: string;
  readonly kind: VerificationKind;
  /** Null but for checks. */
  readonly checkType: CheckType | null;
  readonly isUpdate: boolean;
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly canRetry: boolean | null;
  readonly decidedAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdAt: Instant | null;
  readonly observedAt: Instant;
  readonly documentExpiresOn: Day | null;
}

/** The answer to "is this user verified, and what must they do next?", with its reasons. */
export interface Answer {
  readonly policy: RollUpPolicy;
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  /** The record that decided; null when the user has none. */
  readonly becauseId: string | null;
  readonly nextAction: NextAction;
  readonly canRetry: boolean | null;
  /** Public ids in byte order. */
  readonly contributorIds: readonly string[];
  /** True when one source approved and another rejected. */
  readonly conflicting: boolean;
  /** The last day on which APPROVED stands if nothing else changes; null when it has no end or the status is another. */
  readonly validUntil: Day | null;
  /** The first day on which the calendar alone may change this answer; null when it never will. */
  readonly lapsesOn: Day | null;
}
