import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';

import type { StatusChangeFilter, UserKycChangeFilter } from '#kyc/change-filter';
import { isLimitedToSources, type Sight } from '#kyc/sight';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import { identityInSight, recordInSight, userInSight } from '#store/reads/in-sight';
import type { Tables } from '#store/tables';

type Condition = Expression<SqlBool>;
/** INDEX: gathered from the index of the subjects meant or seen, which are few. ROW: judged row by row in the order of the log. */
export type By = 'INDEX' | 'ROW';
export type Meant = (eb: ExpressionBuilder<Tables, 'changes'>) => Condition;

/** Rows about verifications that a filter means and a caller sees. `userIds` are ids that aliases resolved. */
export function statusChangesMeant(
  dialect: Dialect,
  filter: StatusChangeFilter,
  sight: Sight,
  by: By,
): Meant {
  const { userIds, verificationIds, sources, kinds, from, to, observedAt } = filter;
  const isKeyed = userIds !== undefined || verificationIds !== undefined;
  return (eb) =>
    eb.and([
      eb('changes.type', '=', 'STATUS'),
      ...(filter.includeLate === true ? [] : [eb('changes.effective', '=', 1)]),
      ...(filter.includeBackfill === true ? [] : [eb('changes.cause', '<>', 'BACKFILL')]),
      ...inList(dialect, 'source', sources, 'ROW'),
      ...inList(dialect, 'kind', kinds, 'ROW'),
      ...inList(dialect, 'from_status', from, 'ROW'),
      ...inList(dialect, 'to_status', to, 'ROW'),
      ...(observedAt?.from == null ? [] : [eb('changes.observed_at', '>=', observedAt.from)]),
      ...(observedAt?.before == null ? [] : [eb('changes.observed_at', '<', observedAt.before)]),
      ...inList(dialect, 'subject_id', verificationIds, by),
      ...(userIds === undefined ? [] : [countsForAny(dialect, userIds, sight, by)]),
      ...subjectInSight(dialect, sight, 'subject_id', isKeyed ? 'ROW' : by),
    ]);
}

/** Rows about users' answers that a filter means and a caller sees. `userIds` are all ids that those users ever had. */
export function userKycChangesMeant(dialect: Dialect, filter: UserKycChangeFilter, sight: Sight): Meant {
  return (eb) =>
    eb.and([
      eb('changes.type', '=', 'USER'),
      ...(filter.includeBackfill === true ? [] : [eb('changes.cause', '<>', 'BACKFILL')]),
      ...inList(dialect, 'to_status', filter.to, 'ROW'),
      ...inList(dialect, 'subject_id', filter.userIds, 'ROW'),
      ...(isLimitedToSources(sight) ? [sql<SqlBool>`1 = 0`] : []),
      ...answeredInSight(dialect, sight),
    ]);
}

/** Rows that may have moved what a caller limited to some sources sees of an answer (changes.ts, readAnswerMoves). */
export function answerMovesMeant(dialect: Dialect, sight: Sight): Meant {
  return (eb) => {
    const ofRecord = [
      eb('changes.type', '=', 'STATUS'),
      eb('changes.effective', '=', 1),
      ...subjectInSight(dialect, sight, 'subject_id', 'ROW'),
    ];
    const becauseInSight = subjectInSight(dialect, sight, 'because_id', 'ROW');
    const ofUser = [
      eb('changes.type', '=', 'USER'),
      ...(becauseInSight.length === 0 ? [] : [eb.or([eb('because_id', 'is', null), ...becauseInSight])]),
      ...answeredInSight(dialect, sight),
    ];
    return eb.and([eb('changes.cause', '<>', 'BACKFILL'), eb.or([eb.and(ofRecord), eb.and(ofUser)])]);
  };
}

function inList(
  dialect: Dialect,
  column: keyof Tables['changes'],
  values: readonly string[] | undefined,
  by: By,
): Condition[] {
  return values === undefined ? [] : [anyOf(dialect, `changes.${column}`, values, by)];
}

/** The record whose id stands in the column is seen. */
function subjectInSight(
  dialect: Dialect,
  sight: Sight,
  column: 'subject_id' | 'because_id',
  by: By,
): Condition[] {
  const id = sql.ref(`changes.${column}`);
  return recordInSight(dialect, sight, by).map((isSeen) =>
    by === 'INDEX'
      ? sql<SqlBool>`${id} in (select verifications.id from verifications where ${isSeen})`
      : sql<SqlBool>`exists (select 1 from verifications where verifications.id = ${id} and ${isSeen})`,
  );
}

/** The user whom the row is about, whatever their id is by now, is seen. */
function answeredInSight(dialect: Dialect, sight: Sight): Condition[] {
  return userInSight(dialect, sight, 'ROW').map(
    (isSeen) => sql<SqlBool>`exists (select 1 from users where ${isSeen} and users.id = coalesce(
      (select user_aliases.user_id from user_aliases where user_aliases.alias_id = changes.subject_id),
      changes.subject_id))`,
  );
}

/** The record counts for an identity in sight of one of these users. */
function countsForAny(dialect: Dialect, userIds: readonly string[], sight: Sight, by: By): Condition {
  const conditions: RawBuilder<SqlBool> = sql.join(
    [anyOf(dialect, 'identities.user_id', userIds, by), ...identityInSight(dialect, sight)],
    sql` and `,
  );
  const counting = sql`from subjects inner join identities
    on identities.source = subjects.source and identities.external_id = subjects.external_user_id
    where ${conditions}`;
  return by === 'INDEX'
    ? sql<SqlBool>`changes.subject_id in (select subjects.verification_id ${counting})`
    : sql<SqlBool>`exists (select 1 ${counting} and subjects.verification_id = changes.subject_id)`;
}
