import { randomBytes } from 'node:crypto';

import { sql } from 'kysely';

import type { StoreContext } from '#store/context';
import type { Sealers } from '#store/sealing';
import type { Transact } from '#store/transact';

import {
  addTallies,
  isStale,
  NOTHING_DONE,
  reseal,
  type StaleRows,
  type Tally,
  tallyOf,
} from './stale-rows.ts';

/** Events of webhooks that were kept under another key. */
export function staleEvents({ database: { longRead }, sealers }: StoreContext): StaleRows {
  const { head, hashHead } = sealers.event;
  const rows = longRead
    .selectFrom('webhook_events')
    .where(sql<boolean>`(${isStale('body', head)} or ${isStale('hash', hashHead)})`);
  return {
    async count() {
      const row = await rows.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async next(after, limit) {
      const from = after === null ? rows : rows.where('id', '>', after[0] ?? '');
      const found = await from.select('id').orderBy('id').limit(limit).execute();
      return found.map(({ id }) => [id]);
    },
    async move(transaction, keys) {
      let total = NOTHING_DONE;
      for (const [id = ''] of keys) total = addTallies(total, await moveEvent(transaction, sealers, id));
      return total;
    },
  };
}

/** Of one that is done with nothing is left to make the hash of: said again, it is a new one. */
async function moveEvent(transaction: Transact, { event }: Sealers, id: string): Promise<Tally> {
  const row = await transaction
    .selectFrom('webhook_events')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return NOTHING_DONE;
  const body = reseal(event, row.body, row.source);
  if (body.why !== null) return tallyOf([body]);
  const said = body.value === null ? randomBytes(16).toString('hex') : event.open(body.value, row.source);
  const moved = { ...row, body: body.value, hash: event.hash(said) };
  await transaction.deleteFrom('webhook_events').where('id', '=', id).execute();
  // A gateway that has the present key may have been told the same.
  await transaction
    .insertInto('webhook_events')
    .values(moved)
    .onConflict((conflict) => conflict.columns(['source', 'hash']).doNothing())
    .execute();
  return tallyOf([body]);
}
