import type { Kysely } from 'kysely';

import type { NextAction } from '#kyc/answer';
import type { LearntBy, StatusChange, UserChangeCause, UserKycChange } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus, KycStatusReason } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { readerFor } from '#store/snapshot';
import type { ChangeTable, Tables } from '#store/tables';

/**
 * Rows of the log after a position that the caller sees, oldest first. What is seen is decided by how things stand now,
 * not as they stood when the row was written. An answer is made of all sources: callers limited to some see no row of it.
 */
export async function readChanges(
  database: Database,
  query: { after: number; limit: number },
  sight: Sight,
): Promise<readonly (StatusChange | UserKycChange)[]> {
  const { dialect } = database;
  const reader = readerFor(database, sight);
  let rows = reader
    .selectFrom('changes')
    .selectAll()
    .where('position', '>', query.after)
    .orderBy('position')
    .limit(query.limit);
  if (sight.sources !== 'ALL')
    rows = rows.where('type', '=', 'STATUS').where(anyOf(dialect, 'changes.source', sight.sources));
  const { users } = sight;
  if (users !== 'ALL') rows = rows.where('subject_id', 'in', subjectsSeen(reader, dialect, users));
  return (await rows.execute()).map(changeOfRow);
}

/** Ids that a row of the log may be about: the users, the ids that became theirs, and the verifications that count for them. */
function subjectsSeen(reader: Kysely<Tables>, dialect: Dialect, users: readonly string[]) {
  return reader
    .selectFrom('subjects')
    .innerJoin('identities', (join) =>
      join
        .onRef('identities.source', '=', 'subjects.source')
        .onRef('identities.external_id', '=', 'subjects.external_user_id'),
    )
    .select('subjects.verification_id as id')
    .where(anyOf(dialect, 'identities.user_id', users))
    .unionAll(
      reader
        .selectFrom('users')
        .select('id')
        .where(anyOf(dialect, 'id', users)),
    )
    .unionAll(
      reader
        .selectFrom('user_aliases')
        .select('alias_id as id')
        .where(anyOf(dialect, 'user_id', users)),
    );
}

function changeOfRow(row: ChangeTable): StatusChange | UserKycChange {
  const shared = {
    position: row.position,
    sequence: row.sequence,
    from: row.from_status as KycStatus | null,
    to: row.to_status as KycStatus,
    reason: row.reason as KycStatusReason | null,
    observedAt: row.observed_at as Instant,
  };
  if (row.type === 'USER') {
    return {
      ...shared,
      userId: row.subject_id,
      nextAction: row.next_action as NextAction,
      becauseId: row.because_id,
      cause: row.cause as UserChangeCause,
    };
  }
  return {
    ...shared,
    verificationId: row.subject_id,
    source: row.source as SourceId,
    kind: row.kind as VerificationKind,
    userId: row.user_id,
    sourceStatus: row.source_status,
    outcome: row.outcome,
    effective: row.effective === 1,
    occurredAt: row.occurred_at as Instant | null,
    learntBy: row.cause as LearntBy,
    sourceEventId: row.source_event_id,
  };
}
