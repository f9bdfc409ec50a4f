import type { Kysely } from 'kysely';

import type { NextAction } from '#kyc/answer';
import type { LearntBy, StatusChange, UserChangeCause, UserKycChange } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus, KycStatusReason } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import { ownerInSight } from '#store/reads/known-rows';
import type { ChangeTable, Tables } from '#store/tables';

/** Rows about verifications, each with the user whose it is now: null where that identity is out of sight. */
export async function statusChangesOfRows(
  database: Kysely<Tables>,
  dialect: Dialect,
  rows: readonly ChangeTable[],
  sight: Sight,
): Promise<readonly StatusChange[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.subject_id))];
  const owned = await database
    .selectFrom('verifications')
    .select('verifications.id')
    .select(ownerInSight(dialect, sight))
    .where(anyOf(dialect, 'verifications.id', ids))
    .execute();
  const owners = new Map(owned.map(({ id, user_id }) => [id, user_id]));
  return rows.map((row) => statusChangeOf(row, owners.get(row.subject_id) ?? null));
}

function statusChangeOf(row: ChangeTable, userId: string | null): StatusChange {
  return {
    ...sharedOf(row),
    verificationId: row.subject_id,
    source: row.source as SourceId,
    kind: row.kind as VerificationKind,
    userId,
    sourceStatus: row.source_status,
    outcome: row.outcome,
    effective: row.effective === 1,
    occurredAt: row.occurred_at as Instant | null,
    learntBy: row.cause as LearntBy,
    sourceEventId: row.source_event_id,
  };
}

export function userKycChangeOf(row: ChangeTable): UserKycChange {
  return {
    ...sharedOf(row),
    userId: row.subject_id,
    nextAction: row.next_action as NextAction,
    becauseId: row.because_id,
    cause: row.cause as UserChangeCause,
  };
}

function sharedOf(row: ChangeTable) {
  return {
    position: row.position,
    sequence: row.sequence,
    from: row.from_status as KycStatus | null,
    to: row.to_status as KycStatus,
    reason: row.reason as KycStatusReason | null,
    observedAt: row.observed_at as Instant,
  };
}
