import type { NextAction } from './answer.ts';
import type { Instant } from './instant.ts';
import type { SourceId } from './source-id.ts';
import type { KycStatus, KycStatusReason } from './status.ts';
import type { VerificationKind } from './verification-core.ts';

export const learntBys = ['BACKFILL', 'POLL', 'WEBHOOK', 'READ', 'MUTATION'] as const;
export type LearntBy = (typeof learntBys)[number];

export const userChangeCauses = [
  'BACKFILL',
  'VERIFICATION',
  'LINK',
  'UNLINK',
  'MERGE',
  'LAPSE',
  'POLICY',
] as const;
export type UserChangeCause = (typeof userChangeCauses)[number];

/** One row of the change log about a verification. Ids and the source's words alone: no personal data. */
export interface StatusChange {
  /** Position in the whole log, ascending; both kinds of rows share it. */
  readonly position: number;
  /** 1, 2, 3 ... within one verification, late rows included. */
  readonly sequence: number;
  readonly verificationId: string;
  readonly source: SourceId;
  readonly kind: VerificationKind;
  readonly userId: string | null;
  /** Null on first sight. Among effective changes, from is the previous one's to. */
  readonly from: KycStatus | null;
  readonly to: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly sourceStatus: string | null;
  readonly outcome: string | null;
  /** False for what came late: kept as history, the record did not move. */
  readonly effective: boolean;
  readonly occurredAt: Instant | null;
  readonly observedAt: Instant;
  readonly learntBy: LearntBy;
  readonly sourceEventId: string | null;
}

/** One row of the change log about a user's answer. */
export interface UserKycChange {
  readonly position: number;
  /** 1, 2, 3 ... within one user. */
  readonly sequence: number;
  readonly userId: string;
  readonly from: KycStatus | null;
  readonly to: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly nextAction: NextAction;
  readonly becauseId: string | null;
  readonly cause: UserChangeCause;
  readonly observedAt: Instant;
}
