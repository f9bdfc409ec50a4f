import { type Expression, type SqlBool, sql } from 'kysely';

import type { LimitedSight, Sight } from '#kyc/sight';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

/**
 * What a caller's sight demands of rows (kyc/sight.ts), as SQL; nothing where all are seen. INDEX: a list is best begun
 * from the rows seen, which are few. ROW: each row that is met on the way is judged.
 */
export type By = 'INDEX' | 'ROW';

type Condition = Expression<SqlBool>;

/** What is seen of whole sources is much, the rest little. */
export function listedBy(sight: Sight): By {
  return sight === 'ALL' || sight.sources.length > 0 ? 'ROW' : 'INDEX';
}

/** More rows than this are not gathered and sorted for each page: the list is walked in its order. */
const FEW_GRANTED = 2000;

/** As `listedBy`, for one page: what users and business accounts give may be much too. */
export async function pagedBy(transaction: Transact, dialect: Dialect, sight: Sight): Promise<By> {
  if (sight === 'ALL' || listedBy(sight) === 'ROW') return 'ROW';
  const { partner, businessAccounts } = sight;
  const ofAccounts = anyOf(dialect, 'verifications.business_account_id', businessAccounts);
  const looks = [
    ...(partner === null ? [] : [sql`grants where partner = ${partner} and kind = 'USER'`]),
    ...given(businessAccounts, () => sql<SqlBool>`verifications where ${ofAccounts}`),
  ];
  for (const look of looks) {
    const { rows } = await sql`select 1 from ${look} limit 1 offset ${FEW_GRANTED}`.execute(transaction);
    if (rows.length > 0) return 'ROW';
  }
  return 'INDEX';
}

/** Of a row of `verifications`. */
export function recordInSight(dialect: Dialect, sight: Sight, by: By): Condition[] {
  if (sight === 'ALL') return [];
  const { sources, businessAccounts } = sight;
  return anyTrue([
    ...given(sources, () => anyOf(dialect, 'verifications.source', sources, by)),
    ...given(businessAccounts, () =>
      anyOf(dialect, 'verifications.business_account_id', businessAccounts, by),
    ),
    ...wholeUsers(dialect, sight, 'identities.user_id', by).map((isWhole) =>
      by === 'INDEX'
        ? sql<SqlBool>`verifications.id in (select subjects.verification_id ${SUBJECTS_WITH_IDENTITY} where ${isWhole})`
        : sql<SqlBool>`exists (select 1 ${SUBJECTS_WITH_IDENTITY}
            where subjects.verification_id = verifications.id and ${isWhole})`,
    ),
  ]);
}

/** Of a row of `users`. */
export function userInSight(dialect: Dialect, sight: Sight, by: By): Condition[] {
  if (sight === 'ALL') return [];
  return anyTrue([
    ...wholeUsers(dialect, sight, 'users.id', by),
    ...partsInSight(dialect, sight, by).map((isSeen) =>
      by === 'INDEX'
        ? sql<SqlBool>`users.id in (select identities.user_id from identities where ${isSeen})`
        : sql<SqlBool>`exists (select 1 from identities where identities.user_id = users.id and ${isSeen})`,
    ),
  ]);
}

/** Of a row of `identities`, which is judged wherever it is met. */
export function identityInSight(dialect: Dialect, sight: Sight): Condition[] {
  if (sight === 'ALL') return [];
  return anyTrue([
    ...wholeUsers(dialect, sight, 'identities.user_id', 'ROW'),
    ...partsInSight(dialect, sight, 'ROW'),
  ]);
}

const SUBJECTS_WITH_IDENTITY = sql`from subjects inner join identities
  on identities.source = subjects.source and identities.external_id = subjects.external_user_id`;

/** Whose id stands in the column is seen whole. */
function wholeUsers(dialect: Dialect, { users, partner }: LimitedSight, column: string, by: By): Condition[] {
  const granted = sql`select grants.value from grants where grants.partner = ${partner} and grants.kind = 'USER'`;
  return [
    ...given(users, () => anyOf(dialect, column, users, by)),
    ...(partner === null
      ? []
      : [
          by === 'INDEX'
            ? sql<SqlBool>`${sql.ref(column)} in (${granted})`
            : sql<SqlBool>`exists (${granted} and grants.value = ${sql.ref(column)})`,
        ]),
  ];
}

/** A row of `identities` is seen though its user may not be seen whole. */
function partsInSight(dialect: Dialect, { sources, businessAccounts }: LimitedSight, by: By): Condition[] {
  const applications = sql`from verifications as application inner join subjects as reached
    on reached.verification_id = application.id
    where ${anyOf(dialect, 'application.business_account_id', businessAccounts, by)}`;
  return [
    ...given(sources, () => anyOf(dialect, 'identities.source', sources, by)),
    ...given(businessAccounts, () =>
      by === 'INDEX'
        ? sql<SqlBool>`(identities.source, identities.external_id) in
            (select reached.source, reached.external_user_id ${applications})`
        : sql<SqlBool>`exists (select 1 ${applications}
            and reached.source = identities.source and reached.external_user_id = identities.external_id)`,
    ),
  ];
}

function given(values: readonly string[], condition: () => Condition): Condition[] {
  return values.length === 0 ? [] : [condition()];
}

function anyTrue(conditions: readonly Condition[]): Condition[] {
  return [conditions.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`(${sql.join(conditions, sql` or `)})`];
}
