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

/** Erased identities that are remembered by a hash of another key. */
export function staleErasures({ database: { longRead }, sealers }: StoreContext): StaleRows {
  const stale = sql<boolean>`(${isStale('identity', sealers.erased.head)} or ${isStale('hash', sealers.erased.hashHead)})`;
  const rows = longRead.selectFrom('erasures').where(stale);
  return {
    async count() {
      const row = await rows.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async next(after, limit) {
      const from = after === null ? rows : rows.where('hash', '>', bytesOf(after[0]));
      const found = await from.select('hash').orderBy('hash').limit(limit).execute();
      return found.map(({ hash }) => [Buffer.from(hash).toString('hex')]);
    },
    async move(transaction, keys) {
      let total = NOTHING_DONE;
      for (const [hash] of keys)
        total = addTallies(total, await moveErasure(transaction, sealers, bytesOf(hash)));
      return total;
    },
  };
}

function bytesOf(hex = ''): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

async function moveErasure(transaction: Transact, { erased }: Sealers, hash: Uint8Array): Promise<Tally> {
  const row = await transaction
    .selectFrom('erasures')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return NOTHING_DONE;
  const identity = reseal(erased, row.identity, '');
  if (identity.value === null || identity.why !== null) return tallyOf([identity]);
  const moved = { ...row, identity: identity.value, hash: erased.hash(erased.open(identity.value)) };
  await transaction.deleteFrom('erasures').where('hash', '=', hash).execute();
  // A gateway that did not know the old key may have erased it again.
  await transaction
    .insertInto('erasures')
    .values(moved)
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  return tallyOf([identity]);
}
