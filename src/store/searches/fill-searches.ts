import type { StoreContext } from '#store/context';
import { mapInTurns } from '#store/intake/turns';
import { OPEN_COLUMNS } from '#store/reads/open-columns';
import { verificationOfRow } from '#store/reads/row-to-known';
import { SealBrokenError } from '#store/sealing';
import type { Transact } from '#store/transact';

import { personalHashesOf, replacePersonalHashes } from './personal-hashes.ts';

/** In `meta`: the id after which records may lack the hashes that they are searched by; absent when none does. */
export const SEARCHES_TO_FILL = 'searches_to_fill';

/**
 * Gives the next records that were stored before there were searches what they are searched by, in one transaction with
 * the mark: cut short, it goes on where it stopped, at whichever gateway. @returns false when none is left
 */
export async function fillSearches(context: StoreContext, limit: number): Promise<boolean> {
  const { database, bulk } = context;
  if ((await markOf(database.read)) === null) return false;
  return await bulk.run(() =>
    database.write.transaction().execute(async (transaction) => {
      await database.dialect.lockAppends(transaction);
      const after = await markOf(transaction);
      if (after === null) return false;
      const rows = await transaction
        .selectFrom('verifications')
        .select([...OPEN_COLUMNS, 'personal'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      const hashes = await mapInTurns(rows, (row) => {
        if (row.personal === null) return [];
        try {
          return personalHashesOf(row.id, verificationOfRow(row, context.sealers), context.sealers);
        } catch (error) {
          if (error instanceof SealBrokenError) return [];
          throw error;
        }
      });
      const ids = rows.map(({ id }) => id);
      await replacePersonalHashes(transaction, ids, hashes.flat());
      await moveMark(transaction, rows.length < limit ? null : (ids.at(-1) ?? null));
      return rows.length === limit;
    }),
  );
}

async function markOf(database: Pick<Transact, 'selectFrom'>): Promise<string | null> {
  const row = await database
    .selectFrom('meta')
    .select('value')
    .where('key', '=', SEARCHES_TO_FILL)
    .executeTakeFirst();
  return row?.value ?? null;
}

async function moveMark(transaction: Transact, to: string | null): Promise<void> {
  if (to === null) await transaction.deleteFrom('meta').where('key', '=', SEARCHES_TO_FILL).execute();
  else await transaction.updateTable('meta').set({ value: to }).where('key', '=', SEARCHES_TO_FILL).execute();
}
