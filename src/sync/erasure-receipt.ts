import type { SourceId } from '#kyc/source-id';
import type { SourceDescriptor } from '#sources/source';
import type { ErasedAtSource } from '#store/erasures/erasures';

/** What was erased of a user at one source, and whether the source must be asked too. */
export interface ErasureReceipt {
  readonly source: SourceId;
  readonly records: number;
  readonly atSource: 'ERASED' | 'CAN_BE_ASKED_HERE' | 'MUST_BE_ASKED_THERE';
}

/**
 * A source that has nothing more of what it once had is done. One that deletes records can be asked for the user's own;
 * what else it knows, of others' records that name the user or of a user without records, it must be asked for there.
 */
export function receiptOf(
  { source, records, ownAtSource, othersAtSource }: ErasedAtSource,
  at: { readonly descriptor: Pick<SourceDescriptor, 'capabilities'> } | undefined,
): ErasureReceipt {
  if (records > 0 && ownAtSource + othersAtSource === 0) return { source, records, atSource: 'ERASED' };
  const deletes = at?.descriptor.capabilities.includes('DELETE') === true;
  const canBeAsked = deletes && ownAtSource > 0 && othersAtSource === 0;
  return { source, records, atSource: canBeAsked ? 'CAN_BE_ASKED_HERE' : 'MUST_BE_ASKED_THERE' };
}
