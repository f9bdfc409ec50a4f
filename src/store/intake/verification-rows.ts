import { setImmediate } from 'node:timers/promises';

import type { UpdateObject } from 'kysely';

import { erasePersonal } from '#kyc/erase-personal';
import { keepPersonal } from '#kyc/keep-personal';
import type { Personal, Verification } from '#kyc/verification';
import type { StoreContext } from '#store/context';
import { insertRows, type RowsInto } from '#store/insert-rows';
import { partsOf } from '#store/parts';
import { OPEN_COLUMNS } from '#store/reads/open-columns';
import { personalOfRow } from '#store/reads/row-to-known';
import { emptyPersonal } from '#store/scans/tombstone';
import { SealBrokenError, type Sealers } from '#store/sealing';
import { replacePersonalHashes } from '#store/searches/personal-hashes';
import type { IngestSource } from '#store/store';
import type { PersonalHashTable, SubjectTable, Tables, VerificationTable } from '#store/tables';
import type { Transact } from '#store/transact';

import type { Arrival } from './arrivals.ts';
import type { Plan, StoredRow } from './plan.ts';
import { sealParts } from './sealed-parts.ts';
import { timeByKey } from './time-by-key.ts';

/** What the store holds of the records of a batch. */
export interface HeldSet {
  readonly rows: ReadonlyMap<string, StoredRow>;
  /** By verification: the external ids it counts for, each with its role. */
  readonly subjects: ReadonlyMap<string, ReadonlyMap<string, SubjectTable['role']>>;
  /** Sealed personal values, at sources whose plain reads leave some out; empty elsewhere. */
  readonly personal: ReadonlyMap<string, Uint8Array>;
}

export async function loadHeld(
  transaction: Transact,
  arrivals: readonly Pick<Arrival, 'id'>[],
  source: Pick<IngestSource, 'keepsPersonal'>,
): Promise<HeldSet> {
  const ids = [...new Set(arrivals.map((arrival) => arrival.id))];
  if (ids.length === 0) return { rows: new Map(), subjects: new Map(), personal: new Map() };
  const rows = await transaction
    .selectFrom('verifications')
    .select([...OPEN_COLUMNS, 'content_hash'])
    .where('id', 'in', ids)
    .execute();
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    subjects: rows.length === 0 ? new Map() : await loadSubjects(transaction, ids),
    personal: source.keepsPersonal ? await loadPersonal(transaction, ids) : new Map(),
  };
}

async function loadSubjects(transaction: Transact, ids: readonly string[]): Promise<HeldSet['subjects']> {
  const rows = await transaction
    .selectFrom('subjects')
    .select(['verification_id', 'external_user_id', 'role'])
    .where('verification_id', 'in', ids)
    .execute();
  const byId = Map.groupBy(rows, (row) => row.verification_id);
  return new Map(
    [...byId].map(([id, subjects]) => [id, new Map(subjects.map((row) => [row.external_user_id, row.role]))]),
  );
}

async function loadPersonal(transaction: Transact, ids: readonly string[]): Promise<HeldSet['personal']> {
  const rows = await transaction
    .selectFrom('verifications')
    .select(['id', 'personal'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.flatMap(({ id, personal }) => (personal === null ? [] : [[id, personal] as const])));
}

/** Sealed and sent together: while the database takes in one part, the next is sealed. */
const RECORDS_AT_ONCE = 50;

/** Writes what a plan decided: whole rows and their subjects, times of confirmed ones, generations of merely seen ones. */
export async function saveVerifications(
  transaction: Transact,
  { sealers }: Pick<StoreContext, 'sealers'>,
  { plan, held, generation }: { plan: Plan; held: HeldSet; generation: number },
): Promise<void> {
  let sent: Promise<void> = Promise.resolve();
  for (const part of partsOf([...plan.written.values()], RECORDS_AT_ONCE)) {
    const sealed = part.map(({ row, arrival }) => sealedRecord(row, arrival, held, sealers));
    await sent;
    sent = save(transaction, held, sealed);
    // Awaited below; until then nobody may take it for a failure that nobody sees.
    sent.catch(() => undefined);
    // What else waits on this thread gets its turn.
    await setImmediate();
  }
  await sent;
  await replaceSubjects(transaction, plan, held);
  const readAt = new Map([...plan.confirmed].map(([id, { readStartedAt }]) => [id, readStartedAt]));
  const time = timeByKey('id', readAt);
  const times = { observed_at: time, read_started_at: time };
  await touch(transaction, readAt.keys(), { ...times, seen_generation: generation });
  await touch(transaction, plan.seen, { seen_generation: generation });
}

async function touch(
  transaction: Transact,
  ids: Iterable<string>,
  columns: UpdateObject<Tables, 'verifications'>,
): Promise<void> {
  const touched = [...ids];
  if (touched.length === 0) return;
  await transaction.updateTable('verifications').set(columns).where('id', 'in', touched).execute();
}

/** A row whole, and what its people are searched by. */
interface SealedRecord {
  readonly row: VerificationTable;
  readonly hashes: readonly PersonalHashTable[];
}

function sealedRecord(row: StoredRow, arrival: Arrival, held: HeldSet, sealers: Sealers): SealedRecord {
  const { id, record } = arrival;
  const kept = verificationToKeep(arrival, held, sealers);
  const isAsSealed = arrival.sealed !== null && kept === record.verification;
  const { personal, raw, hashes } = isAsSealed ? arrival.sealed : sealParts(id, kept, arrival.raw, sealers);
  return { row: { ...row, personal, raw }, hashes };
}

async function save(transaction: Transact, held: HeldSet, records: readonly SealedRecord[]): Promise<void> {
  await upsert(
    transaction,
    records.map(({ row }) => row),
  );
  const known = records.flatMap(({ row: { id } }) => (held.rows.has(id) ? [id] : []));
  await replacePersonalHashes(
    transaction,
    known,
    records.flatMap(({ hashes }) => hashes),
  );
}

/** What was read, with the personal values of the copy held that the read leaves out. */
function verificationToKeep({ id, record, erased }: Arrival, held: HeldSet, sealers: Sealers): Verification {
  const { verification } = record;
  const sealed = held.personal.get(id);
  const before = held.rows.get(id);
  if (sealed === undefined || before === undefined) return verification;
  // Another owner under the same id is another person.
  if (before.external_user_id !== verification.externalUserId) return verification;
  const personal = keepPersonal(verification.personal, openHeld({ ...before, personal: sealed }, sealers));
  return erasePersonal({ ...verification, personal } as Verification, (account) => erased.has(account));
}

/** A copy that does not open any more holds up no read: what it held is not kept. */
function openHeld(row: Parameters<typeof personalOfRow>[0], sealers: Sealers): Personal {
  try {
    return personalOfRow(row, sealers);
  } catch (error) {
    if (error instanceof SealBrokenError) return emptyPersonal(row.kind as Verification['kind']);
    throw error;
  }
}

export async function upsert(transaction: Transact, rows: readonly VerificationTable[]): Promise<void> {
  await insertRows(transaction, INTO_VERIFICATIONS, rows);
}

const EVERY_COLUMN = [...OPEN_COLUMNS, 'content_hash', 'personal', 'raw'] as const;
const INTO_VERIFICATIONS: RowsInto<'verifications'> = {
  table: 'verifications',
  columns: EVERY_COLUMN,
  takenOver: EVERY_COLUMN.filter((column) => column !== 'id'),
};

async function replaceSubjects(transaction: Transact, plan: Plan, held: HeldSet): Promise<void> {
  const moved = [...plan.written.values()]
    .map(({ arrival }) => arrival)
    .filter((arrival) => !isSame(arrival, held.subjects.get(arrival.id)));
  const before = moved.filter(({ id }) => held.subjects.has(id)).map(({ id }) => id);
  if (before.length > 0)
    await transaction.deleteFrom('subjects').where('verification_id', 'in', before).execute();
  const rows = moved.flatMap(({ id, record, subjects }): SubjectTable[] =>
    subjects.map(({ externalUserId, role }) => ({
      verification_id: id,
      source: record.verification.source,
      external_user_id: externalUserId,
      role,
    })),
  );
  await insertRows(transaction, INTO_SUBJECTS, rows);
}

const INTO_SUBJECTS: RowsInto<'subjects'> = {
  table: 'subjects',
  columns: ['verification_id', 'source', 'external_user_id', 'role'],
  takenOver: null,
};

function isSame(
  { subjects }: Arrival,
  before: ReadonlyMap<string, SubjectTable['role']> | undefined,
): boolean {
  if (before === undefined) return false;
  return (
    before.size === subjects.length &&
    subjects.every(({ externalUserId, role }) => before.get(externalUserId) === role)
  );
}
