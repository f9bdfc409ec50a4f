import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';

import type { Sight } from '#kyc/sight';
import { foldWord } from '#kyc/status';
import type { VerificationFilter, VerificationTime } from '#kyc/verification-filter';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import type { Tables } from '#store/tables';

import { type By, identityInSight, listedBy, recordInSight } from './in-sight.ts';
import { isKeyed } from './standings.ts';

export const timeColumns = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  decidedAt: 'decided_at',
  statusSince: 'status_since',
  lastChangedAt: 'last_changed_at',
} as const satisfies Readonly<Record<VerificationTime, string>>;

type Builder = ExpressionBuilder<Tables, 'verifications'>;

/**
 * What a filter and a caller's sight demand of a row of `verifications`. `filter.userId` is an id that aliases resolved.
 * Words that many rows share (source, status ...) are judged row by row: a page is walked in its order, not gathered
 * from all rows of a source and sorted.
 */
export function verificationWhere(
  dialect: Dialect,
  filter: VerificationFilter,
  sight: Sight,
  by: By = listedBy(sight),
) {
  return (eb: Builder): Expression<SqlBool> =>
    eb.and([
      ...inLists(dialect, filter),
      ...inRanges(eb, filter),
      ...(filter.checkTypes === undefined
        ? []
        : [eb.or([eb('kind', '<>', 'CHECK'), isAny(dialect, 'check_type', filter.checkTypes)])]),
      ...(filter.hasFaults === undefined
        ? []
        : [eb('fault_count', filter.hasFaults ? '>' : '=', sql.lit(0))]),
      ...inSight(dialect, eb, filter, { sight, by }),
    ]);
}

function inLists(dialect: Dialect, filter: VerificationFilter): Expression<SqlBool>[] {
  const lists: readonly (readonly [keyof Tables['verifications'], readonly string[] | undefined])[] = [
    ['source', filter.sources],
    ['kind', filter.kinds],
    ['status', filter.statuses],
    ['status_reason', filter.statusReasons],
    ['source_status_word', filter.sourceStatuses?.map(foldWord)],
    ['outcome_word', filter.outcomes?.map(foldWord)],
    ['profile_id', filter.profileIds],
    ['account_type', filter.accountTypes],
  ];
  const { externalIds, externalUserIds } = filter;
  return [
    ...lists.flatMap(([column, values]) => (values === undefined ? [] : [isAny(dialect, column, values)])),
    ...(externalIds === undefined ? [] : [anyOf(dialect, 'verifications.external_id', externalIds)]),
    ...(externalUserIds === undefined
      ? []
      : [anyOf(dialect, 'verifications.external_user_id', externalUserIds)]),
  ];
}

function inRanges(eb: Builder, filter: VerificationFilter): Expression<SqlBool>[] {
  const conditions: Expression<SqlBool>[] = [];
  for (const [time, column] of Object.entries(timeColumns)) {
    for (const { from, before } of filter.times?.[time as VerificationTime] ?? []) {
      conditions.push(eb(column, 'is not', null));
      if (from !== null) conditions.push(eb(column, '>=', from));
      if (before !== null) conditions.push(eb(column, '<', before));
    }
  }
  return conditions;
}

/**
 * Records of one user are those that count for an identity in sight; all of them are seen where the sight names that
 * user.
 */
function inSight(
  dialect: Dialect,
  eb: Builder,
  filter: VerificationFilter,
  { sight, by }: { sight: Sight; by: By },
): Expression<SqlBool>[] {
  const { userId } = filter;
  if (userId === undefined) return recordInSight(dialect, sight, isKeyed(filter) ? 'ROW' : by);
  const seesWhole = sight === 'ALL' || sight.users.includes(userId);
  const ofUser = countingFor(dialect, eb, userId, seesWhole ? 'ALL' : sight);
  return [eb('verifications.id', 'in', ofUser), ...(seesWhole ? [] : recordInSight(dialect, sight, 'ROW'))];
}

/** Ids of the verifications that count for any identity in sight of this user. */
function countingFor(dialect: Dialect, eb: Builder, userId: string, sight: Sight) {
  return eb
    .selectFrom('subjects')
    .innerJoin('identities', (join) =>
      join
        .onRef('identities.source', '=', 'subjects.source')
        .onRef('identities.external_id', '=', 'subjects.external_user_id'),
    )
    .select('subjects.verification_id')
    .where(anyOf(dialect, 'identities.user_id', [userId]))
    .where((inner) => inner.and(identityInSight(dialect, sight)));
}

function isAny(dialect: Dialect, column: string, values: readonly string[]): Expression<SqlBool> {
  return anyOf(dialect, `verifications.${column}`, values, 'ROW');
}
