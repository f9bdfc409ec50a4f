import { searchTermsOf } from '#kyc/search-terms';
import type { Verification } from '#kyc/verification';
import { insertRows, type RowsInto } from '#store/insert-rows';
import type { Sealers } from '#store/sealing';
import type { PersonalHashTable } from '#store/tables';
import type { Transact } from '#store/transact';

/** What a keyed hash is made of: one value of two kinds has two. */
export function hashedTerm(kind: string, folded: string): string {
  return `${kind}\0${folded}`;
}

/** The hashes by which a record's people are found, made with the present key. */
export function personalHashesOf(
  id: string,
  verification: Verification,
  { search }: Pick<Sealers, 'search'>,
): readonly PersonalHashTable[] {
  return searchTermsOf(verification).map(({ kind, externalUserId, folded }) => ({
    verification_id: id,
    source: verification.source,
    external_user_id: externalUserId,
    kind,
    hash: search.hash(hashedTerm(kind, folded)),
  }));
}

/** These rows in the place of all that these records had. */
export async function replacePersonalHashes(
  transaction: Transact,
  ids: readonly string[],
  rows: readonly PersonalHashTable[],
): Promise<void> {
  await removePersonalHashes(transaction, ids);
  await insertRows(transaction, INTO_PERSONAL_HASHES, rows);
}

export async function removePersonalHashes(transaction: Transact, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await transaction.deleteFrom('personal_hashes').where('verification_id', 'in', ids).execute();
}

const INTO_PERSONAL_HASHES: RowsInto<'personal_hashes'> = {
  table: 'personal_hashes',
  columns: ['verification_id', 'source', 'external_user_id', 'kind', 'hash'],
  takenOver: null,
};
