import type { Kysely } from 'kysely';

import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import type { Tables } from '#store/tables';

/** The present id of each user, in the order asked for: an alias gives the user that it became, any other id stays itself. */
export async function resolveAliases(
  database: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await database
    .selectFrom('user_aliases')
    .select(['alias_id', 'user_id'])
    .where(anyOf(dialect, 'alias_id', ids))
    .execute();
  const present = new Map(rows.map((row) => [row.alias_id, row.user_id]));
  return ids.map((id) => present.get(id) ?? id);
}

/** Every id that a user ever had, the present one first. Whatever was written down under one of them is about this user. */
export async function idsOfUser(
  database: Kysely<Tables>,
  dialect: Dialect,
  id: string,
): Promise<readonly string[]> {
  return await idsOfUsers(database, dialect, [id]);
}

/** The same of several users, the present ids first. */
export async function idsOfUsers(
  database: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
): Promise<readonly string[]> {
  const present = [...new Set(await resolveAliases(database, dialect, ids))];
  const rows = await database
    .selectFrom('user_aliases')
    .select('alias_id')
    .where(anyOf(dialect, 'user_id', present))
    .execute();
  return [...present, ...rows.map((row) => row.alias_id)];
}
