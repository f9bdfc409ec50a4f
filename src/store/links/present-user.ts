import { isStorable } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

import { resolveAliases } from './aliases.ts';
import { LinkRefusedError } from './join-users.ts';

/** The present id of the user whom a caller names, by an alias or not. @throws LinkRefusedError NOT_FOUND */
export async function demandUser(transaction: Transact, dialect: Dialect, named: string): Promise<string> {
  const [present = named] = await resolveAliases(transaction, dialect, [named]);
  const row = isStorable(present)
    ? await transaction.selectFrom('users').select('id').where('id', '=', present).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new LinkRefusedError('NOT_FOUND', 'There is no user of this id.');
  return row.id;
}
