import { erasePersonal } from '#kyc/erase-personal';
import type { IdentityRef } from '#kyc/user';
import type { Verification } from '#kyc/verification';
import { anyOf } from '#store/any-of';
import type { StoreContext } from '#store/context';
import { mapInTurns } from '#store/intake/turns';
import { OPEN_COLUMNS } from '#store/reads/open-columns';
import { verificationOfRow } from '#store/reads/row-to-known';
import { SealBrokenError, type Sealers } from '#store/sealing';
import type { Transact } from '#store/transact';

/** Records in one transaction: few enough that others wait briefly behind it. */
const RECORDS_AT_ONCE = 100;
const NO_HASH = new Uint8Array(0);

/**
 * Takes what is personal of these identities of one source out of the next records that tell of them, in the order of
 * their ids. Done again, it changes nothing more. The transaction must hold the append lock.
 * @returns after which record to go on; null when none is left
 */
export async function eraseRecords(
  transaction: Transact,
  { database: { dialect }, sealers }: StoreContext,
  source: IdentityRef['source'],
  externalIds: readonly string[],
  after: string,
): Promise<string | null> {
  const ids = await transaction
    .selectFrom('subjects')
    .innerJoin('verifications', 'verifications.id', 'subjects.verification_id')
    .select('verifications.id')
    .distinct()
    .where('subjects.source', '=', source)
    .where(anyOf(dialect, 'subjects.external_user_id', externalIds))
    .where('verifications.deleted', '=', 0)
    .where('verifications.id', '>', after)
    .orderBy('verifications.id')
    .limit(RECORDS_AT_ONCE)
    .execute();
  if (ids.length === 0) return null;
  const wanted = ids.map(({ id }) => id);
  const rows = await transaction
    .selectFrom('verifications')
    .select([...OPEN_COLUMNS, 'personal'])
    .where('id', 'in', wanted)
    .execute();
  const gone = new Set(externalIds);
  const shells = await mapInTurns(rows, (row) => shellOf(row, gone, sealers));
  for (const { id, ...columns } of shells)
    await transaction.updateTable('verifications').set(columns).where('id', '=', id).execute();
  await transaction
    .deleteFrom('personal_hashes')
    .where('verification_id', 'in', wanted)
    .where(anyOf(dialect, 'external_user_id', externalIds))
    .execute();
  return ids.length < RECORDS_AT_ONCE ? null : (wanted.at(-1) ?? null);
}

type Row = Parameters<typeof verificationOfRow>[0];

function shellOf(row: Row, gone: ReadonlySet<string>, sealers: Sealers) {
  const shell = erasePersonal(openOrEmpty(row, sealers), (account) => gone.has(account));
  return {
    id: row.id,
    details: JSON.stringify(shell.details),
    personal: sealers.personal.seal(JSON.stringify(shell.personal), row.id),
    raw: null,
    // The next read of it is kept as if it were new, without what is erased.
    content_hash: NO_HASH,
  };
}

/** What does not open any more cannot be told apart: it goes whole. */
function openOrEmpty(row: Row, sealers: Sealers): Verification {
  try {
    return verificationOfRow(row, sealers);
  } catch (error) {
    if (error instanceof SealBrokenError) return verificationOfRow({ ...row, personal: null }, sealers);
    throw error;
  }
}
