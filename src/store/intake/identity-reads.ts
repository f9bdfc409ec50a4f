import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { isFinal, kycStatuses } from '#kyc/status';
import type { IngestBatch } from '#store/store';
import type { IdentityTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { timeByKey } from './time-by-key.ts';

/** Remembers that these identities were read whole, by the start of the read; an older read does not turn it back. */
export async function noteReads(
  transaction: Transact,
  batch: IngestBatch,
  known: ReadonlyMap<string, Pick<IdentityTable, 'last_read_at'>>,
): Promise<void> {
  const times = new Map<string, Instant>();
  for (const { identitiesRead, readStartedAt } of batch.reads) {
    for (const externalId of identitiesRead) {
      const last = times.get(externalId) ?? known.get(externalId)?.last_read_at ?? null;
      if (last === null || last < readStartedAt) times.set(externalId, readStartedAt);
    }
  }
  if (times.size === 0) return;
  await transaction
    .updateTable('identities')
    .set({ last_read_at: timeByKey('external_id', times) })
    .where('source', '=', batch.source.id)
    .where('external_id', 'in', [...times.keys()])
    .execute();
}

const FINAL_STATUSES = kycStatuses.filter(isFinal);

/** An identity is open while it has no record (tombstones are none) or one that is not final. */
export async function refreshOpen(
  transaction: Transact,
  source: SourceId,
  externalIds: ReadonlySet<string>,
): Promise<void> {
  if (externalIds.size === 0) return;
  await transaction
    .updateTable('identities')
    .set((eb) => {
      const records = eb
        .selectFrom('subjects as s')
        .innerJoin('verifications as v', 'v.id', 's.verification_id')
        .select('v.id')
        .whereRef('s.source', '=', 'identities.source')
        .whereRef('s.external_user_id', '=', 'identities.external_id')
        .where('v.deleted', '=', 0);
      const settled = eb.and([
        eb.exists(records),
        eb.not(eb.exists(records.where('v.status', 'not in', FINAL_STATUSES))),
      ]);
      return { open: eb.case().when(settled).then(eb.lit(0)).else(eb.lit(1)).end() };
    })
    .where('source', '=', source)
    .where('external_id', 'in', [...externalIds])
    .execute();
}
