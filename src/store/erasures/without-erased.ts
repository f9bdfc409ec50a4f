import type { Kysely } from 'kysely';

import { erasePersonal } from '#kyc/erase-personal';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { SourceId } from '#kyc/source-id';
import { subjectsOf } from '#kyc/verification';
import type { Sealers } from '#store/sealing';
import type { Tables } from '#store/tables';

import { loadErased } from './erased-identities.ts';

/** Records of one source as they may be shown: without anything personal of identities that were erased. */
export async function withoutErased(
  database: Kysely<Tables>,
  sealers: Sealers,
  source: SourceId,
  records: readonly FetchedRecord[],
): Promise<readonly FetchedRecord[]> {
  if (records.length === 0) return records;
  const named = records.flatMap(({ verification }) => subjectsOf(verification));
  const erased = await loadErased(
    database,
    sealers,
    source,
    named.map(({ externalUserId }) => externalUserId),
  );
  return erased.size === 0 ? records : records.map((record) => withoutThem(record, erased));
}

/** The payload goes whole: what in it is about whom, nobody knows. */
export function withoutThem(record: FetchedRecord, erased: ReadonlySet<string>): FetchedRecord {
  const { verification } = record;
  if (!subjectsOf(verification).some(({ externalUserId }) => erased.has(externalUserId))) return record;
  return { verification: erasePersonal(verification, (account) => erased.has(account)), raw: null };
}
