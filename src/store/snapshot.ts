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

/** Where to read for a caller of this sight: looking through what counts for many users may take long. */
export function readerFor(database: Database, sight: Pick<Sight, 'users'>): Kysely<Tables> {
  return sight.users === 'ALL' || sight.users.length <= FEW_USERS ? database.read : database.longRead;
}
