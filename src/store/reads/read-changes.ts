import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';

import type { NextAction } from '#kyc/answer';
import type { LearntBy, StatusChange, UserChangeCause, UserKycChange } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import { isLimitedToSources, type LimitedSight, type Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus, KycStatusReason } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { readerFor } from '#store/snapshot';
import type { ChangeTable, Tables } from '#store/tables';

import { listedBy, recordInSight, userInSight } from './in-sight.ts';
import { ownerInSight } from './known-rows.ts';

/**
 * Rows of the log after a position that the caller sees, oldest first. What is seen is decided by how things stand now,
 * not as they stood when the row was written. An answer is made of all sources: callers limited to some see no row of it.
 */
export async function readChanges(
  database: Database,
  query: { after: number; limit: number },
  sight: Sight,
): Promise<readonly (StatusChange | UserKycChange)[]> {
  const reader = readerFor(database, sight);
  const rows = reader
    .selectFrom('changes')
    .selectAll()
    .where('position', '>', query.after)
    .orderBy('position')
    .limit(query.limit);
  if (sight === 'ALL') return (await rows.execute()).map(changeOfRow);
  const seen = await rows.where(changeInSight(reader, database.dialect, sight)).execute();
  const named = await namedOwners(reader, database.dialect, seen, sight);
  return seen.map((row) => changeOfRow({ ...row, user_id: named.has(row.subject_id) ? row.user_id : null }));
}

function changeInSight(reader: Kysely<Tables>, dialect: Dialect, sight: LimitedSight) {
  const by = listedBy(sight);
  const records = reader
    .selectFrom('verifications')
    .select('verifications.id')
    .where((eb) => eb.and(recordInSight(dialect, sight, by)));
  return (eb: ExpressionBuilder<Tables, 'changes'>): Expression<SqlBool> => {
    const isRecord = eb('changes.type', '=', 'STATUS');
    if (by === 'ROW')
      return eb.and([
        isRecord,
        eb.exists(records.where(sql<SqlBool>`verifications.id = changes.subject_id`)),
      ]);
    const isOfRecord = eb.and([isRecord, eb('changes.subject_id', 'in', records)]);
    if (isLimitedToSources(sight)) return isOfRecord;
    return eb.or([isOfRecord, eb('changes.subject_id', 'in', usersInSight(reader, dialect, sight))]);
  };
}

/** Ids of the users seen, and the ids that became theirs. */
function usersInSight(reader: Kysely<Tables>, dialect: Dialect, sight: LimitedSight) {
  const users = reader.selectFrom('users').where((eb) => eb.and(userInSight(dialect, sight, 'INDEX')));
  const aliases = users.innerJoin('user_aliases', 'user_aliases.user_id', 'users.id');
  return users.select('users.id').unionAll(aliases.select('user_aliases.alias_id as id'));
}

/** Those of the records whose owner the caller may be told. */
async function namedOwners(
  reader: Kysely<Tables>,
  dialect: Dialect,
  rows: readonly ChangeTable[],
  sight: Sight,
): Promise<ReadonlySet<string>> {
  const ids = rows.filter(({ type }) => type === 'STATUS').map((row) => row.subject_id);
  const known = await reader
    .selectFrom('verifications')
    .select('verifications.id')
    .select(ownerInSight(dialect, sight))
    .where(anyOf(dialect, 'verifications.id', [...new Set(ids)]))
    .execute();
  return new Set(known.flatMap(({ id, user_id }) => (user_id === null ? [] : [id])));
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
