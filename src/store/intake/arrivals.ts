import type { FetchedRecord } from '#kyc/fetched-record';
import { verificationId } from '#kyc/id';
import type { Instant } from '#kyc/instant';
import { subjectsOf } from '#kyc/verification';
import { NOBODY } from '#store/erasures/erased-identities';
import type { Hashes, Sealers } from '#store/sealing';
import { type IngestBatch, type IngestRead, MAX_BATCH } from '#store/store';

import { type SealedParts, sealParts } from './sealed-parts.ts';
import { mapInTurns } from './turns.ts';

/** One record of a batch, under its public id. */
export interface Arrival {
  readonly id: string;
  readonly record: FetchedRecord;
  /** When the read that gave it was started. */
  readonly readStartedAt: Instant;
  /** The payload as it is sealed: JSON. Null where nothing of it may be kept. */
  readonly raw: string | null;
  /** Keyed hashes of all that was read of it, as `Sealer.hashes` gives them. */
  readonly hashes: Hashes;
  /** Whose personal values are not kept; the record is without them. */
  readonly erased: ReadonlySet<string>;
  /** Every external id of a user that it names: its owner, then entities. */
  readonly subjects: readonly { externalUserId: string; role: 'OWNER' | 'ENTITY' }[];
  /** Sealed before the transaction; null where that is done in it. */
  readonly sealed: SealedParts | null;
}

/**
 * The records of a batch in the order in which they are to be applied: read after read. A record that stands in a read
 * more than once is applied from its oldest declared version to its newest; of equal versions the last one in the read
 * stands alone, so that the same batch, coming again, finds everything as it left it.
 * @param isSealed seals each at once: for records that will most likely be written
 * @throws RangeError for a batch that is too large, TypeError for a record of another source
 */
export async function arrivalsOf(
  batch: IngestBatch,
  sealers: Sealers,
  { isSealed }: { readonly isSealed: boolean },
): Promise<readonly Arrival[]> {
  const records = batch.reads.reduce((sum, read) => sum + read.records.length, 0);
  if (records > MAX_BATCH) throw new RangeError(`A batch holds at most ${MAX_BATCH} records.`);
  if (batch.reads.length > MAX_BATCH) throw new RangeError(`A batch holds at most ${MAX_BATCH} reads.`);
  const versions = batch.reads.flatMap((read) => versionsIn(read, batch));
  return await mapInTurns(versions, ({ id, record, readStartedAt }): Arrival => {
    const raw = JSON.stringify(record.raw ?? null);
    const subjects = subjectsOf(record.verification);
    return {
      id,
      record,
      readStartedAt,
      raw,
      hashes: contentHashes(record, raw, sealers),
      subjects,
      erased: NOBODY,
      sealed: isSealed ? sealParts(id, record.verification, raw, sealers) : null,
    };
  });
}

export function contentHashes(
  { verification }: FetchedRecord,
  raw: string | null,
  { content }: Pick<Sealers, 'content'>,
): Hashes {
  return content.hashes(`${JSON.stringify(verification)}\n${raw}`);
}

function versionsIn({ records, readStartedAt }: IngestRead, batch: IngestBatch) {
  const byId = Map.groupBy(records, ({ verification }) => {
    if (verification.source !== batch.source.id)
      throw new TypeError('A batch holds records of its own source alone.');
    return verificationId(verification.kind, verification.source, verification.externalId);
  });
  return [...byId].flatMap(([id, copies]) =>
    versionsOf(batch, copies).map((record) => ({ id, record, readStartedAt })),
  );
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
