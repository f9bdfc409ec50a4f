import { sql } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { isFinal, kycStatuses } from '#kyc/status';
import type { IngestBatch } from '#store/store';
import type { Flag, IdentityTable } from '#store/tables';
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
  const judged = transaction
    .selectFrom('identities as i')
    .select(['i.source', 'i.external_id', isOpen.as('open')])
    .where('i.source', '=', source)
    .where('i.external_id', 'in', [...externalIds])
    .as('judged');
  await transaction
    .updateTable('identities')
    .from(judged)
    .set((eb) => ({ open: eb.ref('judged.open') }))
    .whereRef('identities.source', '=', 'judged.source')
    .whereRef('identities.external_id', '=', 'judged.external_id')
    // A row that stays as it is need not be written.
    .whereRef('identities.open', '<>', 'judged.open')
    .execute();
}

/** Of an identity `i`. */
const isOpen = sql<Flag>`coalesce((
  select max(case when v.status in (${sql.join(FINAL_STATUSES.map((status) => sql.lit(status)))}) then 0 else 1 end)
  from subjects as s inner join verifications as v on v.id = s.verification_id
  where s.source = i.source and s.external_user_id = i.external_id and v.deleted = 0
), 1)`;
