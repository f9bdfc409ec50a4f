import { randomBytes } from 'node:crypto';

import { readEnds } from '#store/changes/log-ends';
import type { Database } from '#store/database';
import type { Transact } from '#store/transact';

const [EPOCH, PLACE] = ['epoch', 'log_place'] as const;

export function newEpoch(): string {
  return randomBytes(8).toString('hex');
}

/**
 * The epoch of the log: a new one where the log is not where it was, or ends before where it was known to end, or where
 * `renew` says so. Cursors of before are of no use then. Of gateways that settle at once all come to the same.
 */
export async function settleEpoch(database: Database, how: { renew: boolean }): Promise<string> {
  const { logPlace } = database;
  const [here, knownHead] = [await logPlace.read(), await logPlace.readHead()];
  return await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const meta = await readMeta(transaction);
    const { head } = await readEnds(transaction);
    const place = meta.get(PLACE);
    const epoch = meta.get(EPOCH) ?? '';
    // A store from before places were noted has none.
    const isMoved = place !== undefined && (place !== here || head < knownHead);
    if (place !== undefined && !isMoved && !how.renew) return epoch;
    const next = isMoved || how.renew ? newEpoch() : epoch;
    await save(transaction, PLACE, await logPlace.settle());
    await save(transaction, EPOCH, next);
    await logPlace.noteHead(head);
    return next;
  });
}

async function readMeta(transaction: Transact): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction.selectFrom('meta').selectAll().where('key', 'in', [EPOCH, PLACE]).execute();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

async function save(transaction: Transact, key: string, value: string): Promise<void> {
  await transaction
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
