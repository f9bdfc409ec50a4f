import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import { loadErased } from '#store/erasures/erased-identities';
import { withoutThem } from '#store/erasures/without-erased';
import type { Transact } from '#store/transact';

import { type Arrival, contentHashes } from './arrivals.ts';

/**
 * What may be kept of a batch: of identities that were erased, statuses alone. Looked up behind the append lock, so that
 * no batch that was prepared before an erasure brings anything back after it.
 */
export async function withoutErasedValues(
  transaction: Transact,
  { sealers }: Pick<StoreContext, 'sealers'>,
  source: SourceId,
  arrivals: readonly Arrival[],
): Promise<readonly Arrival[]> {
  if (arrivals.length === 0) return arrivals;
  const named = arrivals.flatMap(({ subjects }) => subjects.map(({ externalUserId }) => externalUserId));
  const erased = await loadErased(transaction, sealers, source, named);
  if (erased.size === 0) return arrivals;
  return arrivals.map((arrival) => {
    const record = withoutThem(arrival.record, erased);
    if (record === arrival.record) return arrival;
    const hashes = contentHashes(record, null, sealers);
    return { ...arrival, record, raw: null, hashes, erased, sealed: null };
  });
}
