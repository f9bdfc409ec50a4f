import type { Kysely } from 'kysely';

import type { Sight } from '#kyc/sight';

import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import type { Transact } from './transact.ts';

/** Reads several statements from one state of the store: nothing that is committed meanwhile is seen by some of them only. */
export async function inSnapshot<Result>(
  database: Kysely<Tables>,
  read: (transaction: Transact) => Promise<Result>,
): Promise<Result> {
  return await database
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(read);
}

const FEW_USERS = 20;

/** True for a caller who sees a few users, whole, and nothing else. */
export function areFewUsers(sight: Sight): boolean {
  if (sight === 'ALL') return false;
  const { users, partner, sources, businessAccounts } = sight;
  const isOfUsers = partner === null && sources.length === 0 && businessAccounts.length === 0;
  return isOfUsers && users.length <= FEW_USERS;
}

/** Where to read a list for a caller of this sight: it is short where everything is seen, or a few users. */
export function readerFor(database: Database, sight: Sight): Kysely<Tables> {
  return sight === 'ALL' || areFewUsers(sight) ? database.read : database.longRead;
}
