import type { LearntBy } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import { isBackfilling } from '#store/scans/scan-rows';
import type { IngestBatch } from '#store/store';
import type { IdentityTable, ScanTable } from '#store/tables';
import type { Transact } from '#store/transact';

import type { Arrival } from './arrivals.ts';
import { addMissingIdentities, loadIdentities } from './people.ts';
import type { HeldSet } from './verification-rows.ts';

/** The identities of a batch: those known by now, and the users who are new with it, by external id. */
export interface Met {
  readonly known: Map<string, IdentityTable>;
  readonly newUsers: ReadonlyMap<string, string>;
}

/** Every identity that the batch names, or that its records counted for until now, has a user from here on. */
export async function meet(
  transaction: Transact,
  context: StoreContext,
  of: { batch: IngestBatch; arrivals: readonly Arrival[]; held: HeldSet; at: Instant },
): Promise<Met> {
  const source: SourceId = of.batch.source.id;
  const named = [
    ...of.arrivals.flatMap((arrival) => arrival.subjects.map((subject) => subject.externalUserId)),
    ...of.batch.reads.flatMap((read) => read.identitiesRead),
  ];
  const before = [...of.held.subjects.values()].flatMap((subjects) => [...subjects.keys()]);
  const known = await loadIdentities(transaction, source, [...named, ...before]);
  const missing = new Set(named.filter((externalId) => !known.has(externalId)));
  await addMissingIdentities(transaction, context, { source, externalIds: missing, known, at: of.at });
  return { known, newUsers: new Map([...missing].map((id) => [id, known.get(id)?.user_id ?? ''])) };
}

/** How a record of this owner, seen for the first time, was learnt. */
export type FirstSight = (externalUserId: string | null) => LearntBy;

/**
 * BACKFILL during the first complete scan of a source that lists, and on the first read of an identity of one that
 * does not; else as it was learnt.
 */
export function firstSightOf(batch: IngestBatch, scan: ScanTable | null, known: Met['known']): FirstSight {
  const lastReads = new Map([...known].map(([externalId, row]) => [externalId, row.last_read_at]));
  return (externalUserId: string | null) => {
    if (batch.source.listed) return isBackfilling(scan) ? 'BACKFILL' : batch.learntBy;
    const neverRead = externalUserId !== null && (lastReads.get(externalUserId) ?? null) === null;
    return neverRead ? 'BACKFILL' : batch.learntBy;
  };
}
