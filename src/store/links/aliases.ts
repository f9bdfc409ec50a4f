import type { Kysely } from 'kysely';

import type { Sight } from '#kyc/sight';
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

/** Those of the ids that the caller sees, each once. */
export function seenOnes(ids: readonly string[], { users }: Pick<Sight, 'users'>): readonly string[] {
  const different = [...new Set(ids)];
  if (users === 'ALL') return different;
  const seen = new Set(users);
  return different.filter((id) => seen.has(id));
}
