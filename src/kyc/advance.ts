import type { Instant } from './instant.ts';
import type { KycStatus, KycStatusReason } from './status.ts';
import { isFinal } from './status.ts';
import type { Verification } from './verification.ts';
import { supersedes, type Versioning } from './version.ts';

/** What a new read does to the copy that is held. */
export type Effect =
  /** First sight. */
  | 'CREATED'
  /** Newer (or alive again after a tombstone), and status, reason, source status or outcome differ: one effective row of the log. */
  | 'CHANGED'
  /** Newer or equal, nothing that the log tells differs; other fields may. */
  | 'CONFIRMED'
  /** Older than the copy: moves nothing. Its words are one `effective: false` row when the log does not have them. */
  | 'LATE';

/** The part of a held copy that decides what a read does to it. */
export interface HeldState {
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly sourceStatus: string | null;
  readonly outcome: string | null;
  readonly updatedAt: Instant | null;
  readonly readStartedAt: Instant;
  readonly statusSince: Instant;
  readonly deleted: boolean;
}

/** Compares a read with the copy held, by the version that the source's room declares (design/statuses.md, Order). */
export function effectOf(
  versioning: Versioning,
  held: HeldState | null,
  read: { verification: Verification; readStartedAt: Instant },
): Effect {
  if (held === null) return 'CREATED';
  const { verification, readStartedAt } = read;
  if (held.deleted) return readStartedAt > held.readStartedAt ? 'CHANGED' : 'LATE';
  if (!supersedes(versioning, { updatedAt: verification.updatedAt, readStartedAt }, held)) return 'LATE';
  return saysTheSame(held, verification) ? 'CONFIRMED' : 'CHANGED';
}

/** True when none of the four words of the change log differ. */
export function saysTheSame(
  one: Pick<HeldState, 'status' | 'reason' | 'sourceStatus' | 'outcome'>,
  other: Pick<HeldState, 'status' | 'reason' | 'sourceStatus' | 'outcome'>,
): boolean {
  return (
    one.status === other.status &&
    one.reason === other.reason &&
    one.sourceStatus === other.sourceStatus &&
    one.outcome === other.outcome
  );
}

/**
 * When the status came about by the source's clock: a decision's own time, else the update time; null where it says
 * neither. No source dates a deletion: the times of a tombstone are those of the record that it was.
 */
export function occurredAt(
  verification: Pick<Verification, 'status' | 'decidedAt' | 'updatedAt'>,
): Instant | null {
  if (verification.status === 'CANCELLED') return null;
  return (isFinal(verification.status) ? verification.decidedAt : null) ?? verification.updatedAt;
}

/** Since when the status stands: unchanged while status and reason stay, else by the source's clock, else when it was learnt. */
export function statusSince(held: HeldState | null, verification: Verification, learntAt: Instant): Instant {
  const stands = held !== null && held.status === verification.status && held.reason === verification.reason;
  return stands ? held.statusSince : (occurredAt(verification) ?? learntAt);
}
