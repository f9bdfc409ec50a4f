import { sql } from 'kysely';

import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import { sealContext } from '#store/links/connect-identity';
import { beginsWith, type Sealers } from '#store/sealing';
import type { IdentityTable } from '#store/tables';
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

/** Identities whose credential, or the pin of its owner, was made with another key. */
export function staleIdentities({ database: { longRead }, sealers }: StoreContext): StaleRows {
  const stale = sql<boolean>`(${isStale('credential', sealers.credential.head)}
    or ${isStale('owner', sealers.owner.head)} or ${isStale('owner_hash', sealers.owner.hashHead)})`;
  const rows = longRead.selectFrom('identities').where(stale);
  return {
    async count() {
      const row = await rows.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async next(after, limit) {
      const [source = '', externalId = ''] = after ?? [];
      const found = await rows
        .select(['source', 'external_id'])
        .where((eb) =>
          eb.or([
            eb('source', '>', source),
            eb.and([eb('source', '=', source), eb('external_id', '>', externalId)]),
          ]),
        )
        .orderBy('source')
        .orderBy('external_id')
        .limit(limit)
        .execute();
      return found.map((row) => [row.source, row.external_id]);
    },
    async move(transaction, keys) {
      let total = NOTHING_DONE;
      for (const [source = '', externalId = ''] of keys)
        total = addTallies(total, await moveIdentity(transaction, sealers, source, externalId));
      return total;
    },
  };
}

async function moveIdentity(
  transaction: Transact,
  sealers: Sealers,
  source: string,
  externalId: string,
): Promise<Tally> {
  const row = await transaction
    .selectFrom('identities')
    .select(['credential', 'owner', 'owner_hash'])
    .where('source', '=', source)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  if (row === undefined) return NOTHING_DONE;
  const context = sealContext({ source: source as SourceId, externalId });
  const credential = reseal(sealers.credential, row.credential, context);
  const owner = reseal(sealers.owner, row.owner, context);
  const pin = pinOf(row, owner, sealers, context);
  let update = transaction
    .updateTable('identities')
    .set({ credential: credential.value, owner: owner.value, owner_hash: pin })
    .where('source', '=', source)
    .where('external_id', '=', externalId);
  // A disconnection does not wait for the lock: what it takes away in between stays away.
  if (row.credential !== null) update = update.where('credential', '=', row.credential);
  await update.execute();
  return tallyOf([credential, owner], row.owner_hash !== null && pin === null ? 1 : 0);
}

/** Null where the owner cannot be told any more: whoever connects next is pinned anew. */
function pinOf(
  { owner_hash: pin }: Pick<IdentityTable, 'owner_hash'>,
  owner: ReturnType<typeof reseal>,
  sealers: Sealers,
  context: string,
): Uint8Array | null {
  if (pin === null || beginsWith(pin, sealers.owner.hashHead) || owner.why === 'UNKNOWN_KEY') return pin;
  if (owner.value === null || owner.why !== null) return null;
  return sealers.owner.hash(sealers.owner.open(owner.value, context));
}
