import { sql } from 'kysely';

import type { StoreContext } from '#store/context';
import { mapInTurns } from '#store/intake/turns';
import { verificationOfRow } from '#store/reads/row-to-known';
import type { Sealers } from '#store/sealing';
import { personalHashesOf, replacePersonalHashes } from '#store/searches/personal-hashes';
import type { PersonalHashTable, VerificationTable } from '#store/tables';
import type { Transact } from '#store/transact';

import {
  addTallies,
  isStale,
  NOTHING_DONE,
  reseal,
  type StaleRows,
  type Tally,
  tallyOf,
} from './stale-rows.ts';

/** Records of which a value was sealed with another key, or that are told apart or found by hashes of another key. */
export function staleVerifications({ database: { longRead }, sealers }: StoreContext): StaleRows {
  const stale = sql<boolean>`(${isStale('personal', sealers.personal.head)}
    or ${isStale('raw', sealers.raw.head)} or ${isStale('content_hash', sealers.content.hashHead)}
    or exists (select 1 from personal_hashes where personal_hashes.verification_id = verifications.id
      and ${isStale('personal_hashes.hash', sealers.search.hashHead)}))`;
  const rows = longRead.selectFrom('verifications').where(stale);
  return {
    async count() {
      const row = await rows.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async next(after, limit) {
      const from = after === null ? rows : rows.where('id', '>', after[0] ?? '');
      return (await from.select('id').orderBy('id').limit(limit).execute()).map(({ id }) => [id]);
    },
    move: (transaction, keys) => moveRecords(transaction, sealers, keys.flat()),
  };
}

async function moveRecords(transaction: Transact, sealers: Sealers, ids: readonly string[]): Promise<Tally> {
  const rows = await transaction.selectFrom('verifications').selectAll().where('id', 'in', ids).execute();
  const moves = await mapInTurns(rows, (row) => moveOf(row, sealers));
  for (const { id, columns } of moves)
    await transaction.updateTable('verifications').set(columns).where('id', '=', id).execute();
  const known = moves.filter(({ hashes }) => hashes !== null);
  await replacePersonalHashes(
    transaction,
    known.map(({ id }) => id),
    known.flatMap(({ hashes }) => hashes ?? []),
  );
  return moves.map(({ tally }) => tally).reduce(addTallies, NOTHING_DONE);
}

interface Move {
  readonly id: string;
  readonly columns: Pick<VerificationTable, 'personal' | 'raw' | 'content_hash'>;
  /** In the place of all that it has; null: they stay, until the key that is missing is listed. */
  readonly hashes: readonly PersonalHashTable[] | null;
  readonly tally: Tally;
}

/** A hash of the whole record cannot be made again: its next read is kept as if it were new, and hashed then. */
const NO_HASH = new Uint8Array(0);

function moveOf(row: VerificationTable, sealers: Sealers): Move {
  const { id } = row;
  const personal = reseal(sealers.personal, row.personal, id);
  const raw = reseal(sealers.raw, row.raw, id);
  const isHashed = Buffer.compare(row.content_hash.subarray(0, 5), sealers.content.hashHead) === 0;
  return {
    id,
    columns: {
      personal: personal.value,
      raw: raw.value,
      content_hash: isHashed ? row.content_hash : NO_HASH,
    },
    hashes: personal.why === 'UNKNOWN_KEY' ? null : hashesOf(row, personal, sealers),
    tally: tallyOf([personal, raw]),
  };
}

function hashesOf(
  row: VerificationTable,
  { value, why }: ReturnType<typeof reseal>,
  sealers: Sealers,
): readonly PersonalHashTable[] {
  if (value === null || why !== null) return [];
  return personalHashesOf(row.id, verificationOfRow({ ...row, personal: value }, sealers), sealers);
}
