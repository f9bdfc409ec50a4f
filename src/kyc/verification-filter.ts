import type { CheckType } from './check.ts';
import type { Instant } from './instant.ts';
import type { SourceId } from './source-id.ts';
import type { KycStatus, KycStatusReason } from './status.ts';
import type { VerificationKind } from './verification-core.ts';

/** `from` is inclusive, `before` is exclusive; null is open. */
export interface InstantRange {
  readonly from: Instant | null;
  readonly before: Instant | null;
}

export const verificationTimes = [
  'createdAt',
  'updatedAt',
  'decidedAt',
  'statusSince',
  'lastChangedAt',
] as const;
export type VerificationTime = (typeof verificationTimes)[number];

/**
 * Which verifications are meant. Absent fields do not narrow; an empty list matches nothing; a null value never
 * matches a range. Words (sourceStatuses, outcomes, profileIds, accountTypes) match verbatim, but for
 * `sourceStatuses` and `outcomes`, which match folded (foldWord).
 */
export interface VerificationFilter {
  readonly sources?: readonly SourceId[];
  readonly kinds?: readonly VerificationKind[];
  readonly statuses?: readonly KycStatus[];
  readonly statusReasons?: readonly KycStatusReason[];
  readonly sourceStatuses?: readonly string[];
  readonly outcomes?: readonly string[];
  /** A user's public id, alias or not: records that count for any identity of that user. */
  readonly userId?: string;
  readonly externalIds?: readonly string[];
  /** Owners' ids, verbatim. */
  readonly externalUserIds?: readonly string[];
  readonly profileIds?: readonly string[];
  readonly accountTypes?: readonly string[];
  /** Narrows checks, by an empty list to none; other kinds pass. */
  readonly checkTypes?: readonly CheckType[];
  /** Each time that is named must lie in every one of its ranges (a range of instants and one of days may both be given). */
  readonly times?: Partial<Readonly<Record<VerificationTime, readonly InstantRange[]>>>;
  readonly hasFaults?: boolean;
}

/** Nulls last in both directions; ties by id in ascending byte order. */
export interface VerificationOrder {
  readonly by: VerificationTime;
  readonly direction: 'ASC' | 'DESC';
}
