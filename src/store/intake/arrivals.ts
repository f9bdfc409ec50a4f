import type { FetchedRecord } from '#kyc/fetched-record';
import { verificationId } from '#kyc/id';
import { subjectsOf } from '#kyc/verification';
import type { Sealers } from '#store/sealing';
import { type IngestBatch, MAX_BATCH } from '#store/store';

import { mapInTurns } from './turns.ts';

/** One record of a batch, under its public id. */
export interface Arrival {
  readonly id: string;
  readonly record: FetchedRecord;
  /** The payload as it is sealed: JSON. */
  readonly raw: string;
  /** Keyed hash of all that was read of it. */
  readonly hash: Uint8Array;
  /** Every external id of a user that it names: its owner, then entities. */
  readonly subjects: readonly { externalUserId: string; role: 'OWNER' | 'ENTITY' }[];
}

/**
 * The records of a batch in the order in which they are to be applied. A record that stands in the batch more than once
 * is applied from its oldest declared version to its newest; of equal versions the last one in the batch stands alone,
 * so that the same batch, coming again, finds everything as it left it.
 * @throws RangeError for a batch that is too large, TypeError for a record of another source
 */
export async function arrivalsOf(batch: IngestBatch, sealers: Sealers): Promise<readonly Arrival[]> {
  if (batch.records.length > MAX_BATCH) throw new RangeError(`A batch holds at most ${MAX_BATCH} records.`);
  const byId = Map.groupBy(batch.records, ({ verification }) => {
    if (verification.source !== batch.source.id)
      throw new TypeError('A batch holds records of its own source alone.');
    return verificationId(verification.kind, verification.source, verification.externalId);
  });
  const versions = [...byId].flatMap(([id, copies]) =>
    versionsOf(batch, copies).map((record) => ({ id, record })),
  );
  return await mapInTurns(versions, ({ id, record }): Arrival => {
    const raw = JSON.stringify(record.raw ?? null);
    const hash = sealers.content.hash(`${JSON.stringify(record.verification)}\n${raw}`);
    return { id, record, raw, hash, subjects: subjectsOf(record.verification) };
  });
}

/** One copy per version, oldest first. Where any copy declares no time, copies cannot be told apart: the last stands. */
function versionsOf(batch: IngestBatch, copies: readonly FetchedRecord[]): readonly FetchedRecord[] {
  if (copies.length === 1) return copies;
  const timeOf = (copy: FetchedRecord) => copy.verification.updatedAt;
  const declared = batch.source.versioning === 'updatedAt' && copies.every((copy) => timeOf(copy) !== null);
  if (!declared) return copies.slice(-1);
  const byTime = new Map(copies.map((copy) => [timeOf(copy) ?? '', copy]));
  return [...byTime].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, copy]) => copy);
}
