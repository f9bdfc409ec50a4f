import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';

import type { Page, PageRequest } from '#kyc/page';
import { isLimitedToSources, type Sight } from '#kyc/sight';
import type { User } from '#kyc/user';
import type { UserFilter } from '#kyc/user-filter';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import type { Sealers } from '#store/sealing';
import { searchesMeant } from '#store/searches/searches-meant';
import { inSnapshot, readerFor } from '#store/snapshot';
import type { Tables, UserTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { type By, identityInSight, listedBy, pagedBy, userInSight } from './in-sight.ts';
import type { ListOrder } from './keyset.ts';
import { inOrder, type KeysetList, readPage } from './keyset-page.ts';
import { usersOfRows } from './read-users.ts';

const NEWEST_FIRST: ListOrder = { direction: 'DESC', nullable: false, low: null, high: null };
const columns = { value: 'users.created_at', id: 'users.id' };

/** One page of the users whom the filter means and the caller sees: newest createdAt first, then id. */
export async function pageUsers(
  database: Database,
  sealers: Sealers,
  query: { filter: UserFilter; page: PageRequest },
  sight: Sight,
): Promise<Page<User>> {
  const isNarrowed = Object.values(query.filter).some((value) => value !== undefined);
  const reader = isNarrowed ? database.longRead : readerFor(database, sight);
  return await inSnapshot(reader, async (transaction) => {
    const { dialect } = database;
    const by = await pagedBy(transaction, dialect, sight);
    const list = listOf(transaction, userWhere({ dialect, sealers }, query.filter, sight, by));
    const page = await readPage(list, columns, query.page);
    return { ...page, rows: await usersOfRows(transaction, dialect, page.rows, sight) };
  });
}

/** Counts the users whom the filter means and the caller sees. */
export async function countUsers(
  database: Database,
  sealers: Sealers,
  filter: UserFilter,
  sight: Sight,
): Promise<number> {
  const row = await database.longRead
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where(userWhere({ dialect: database.dialect, sealers }, filter, sight))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

type Builder = ExpressionBuilder<Tables, 'users'>;
type Where = (eb: Builder) => Expression<SqlBool>;

function listOf(transaction: Transact, meant: Where): KeysetList<UserTable> {
  const users = transaction.selectFrom('users').where(meant);
  return {
    order: NEWEST_FIRST,
    async fetch(run, limit) {
      return await inOrder(users.where(run.where), run).selectAll().limit(limit).execute();
    },
    async hasRows(run) {
      const look = inOrder(users.where(run.where), run).select('id');
      return (await look.limit(1).executeTakeFirst()) !== undefined;
    },
    positionOf: (row) => ({ value: row.created_at, id: row.id }),
  };
}

/** An identity that the caller does not see is no reason to find a user; neither is an answer over what they do not see. */
function userWhere(
  { dialect, sealers }: { dialect: Dialect; sealers: Sealers },
  filter: UserFilter,
  sight: Sight,
  by: By = listedBy(sight),
): Where {
  return (eb) => {
    const { sources, externalId } = filter;
    const owners = (narrowing: Expression<SqlBool>) => {
      const conditions = eb.and([narrowing, ...identityInSight(dialect, sight)]);
      return eb('users.id', 'in', eb.selectFrom('identities').select('identities.user_id').where(conditions));
    };
    return eb.and([
      ...answersMeant(dialect, eb, filter, sight),
      ...userInSight(dialect, sight, by),
      ...searchesMeant(eb, sealers, filter, sight),
      ...(sources === undefined ? [] : [owners(anyOf(dialect, 'identities.source', sources))]),
      ...(externalId === undefined ? [] : [owners(anyOf(dialect, 'identities.external_id', [externalId]))]),
    ]);
  };
}

function answersMeant(
  dialect: Dialect,
  eb: Builder,
  { statuses, nextActions, conflicting }: UserFilter,
  sight: Sight,
): Expression<SqlBool>[] {
  const meant = [
    ...(statuses === undefined ? [] : [anyOf(dialect, 'users.status', statuses)]),
    ...(nextActions === undefined ? [] : [anyOf(dialect, 'users.next_action', nextActions)]),
    ...(conflicting === undefined ? [] : [eb('users.conflicting', '=', conflicting ? 1 : 0)]),
  ];
  return meant.length > 0 && isLimitedToSources(sight) ? [sql<SqlBool>`1 = 0`] : meant;
}
