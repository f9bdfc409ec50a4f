import type { LearntBy } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { Verification } from '#kyc/verification';
import type { StoreContext } from '#store/context';
import { moveAnswers } from '#store/intake/answers';
import { refreshOpen } from '#store/intake/identity-reads';
import { appendChanges, plainWord } from '#store/intake/log';
import { loadIdentities } from '#store/intake/people';
import { type StoredRow, statusDraft } from '#store/intake/plan';
import { loadHeld, upsert } from '#store/intake/verification-rows';
import { removePersonalHashes } from '#store/searches/personal-hashes';
import type { Transact } from '#store/transact';

import { inLock } from './in-lock.ts';
import { buriedDetails } from './tombstone.ts';

export interface Burial {
  readonly source: SourceId;
  readonly verificationIds: readonly string[];
  readonly learntBy: LearntBy;
  readonly readStartedAt: Instant;
}

/**
 * Turns records into tombstones, in a transaction that holds the append lock: id, times and history stay, personal
 * values and payload go. A record that a later read confirmed, one of another source and a tombstone are passed over.
 * @returns how many were buried and how many rows were appended to the log
 */
export async function buryIn(
  transaction: Transact,
  context: StoreContext,
  burial: Burial,
): Promise<{ buried: number; appended: number }> {
  const wanted = burial.verificationIds.map((id) => ({ id }));
  const held = await loadHeld(transaction, wanted, { keepsPersonal: false });
  const rows = [...held.rows.values()].filter(
    (row) => row.source === burial.source && row.deleted === 0 && row.read_started_at <= burial.readStartedAt,
  );
  if (rows.length === 0) return { buried: 0, appended: 0 };
  const at = await context.database.now(transaction);
  const externalIds = rows.flatMap((row) => [...(held.subjects.get(row.id)?.keys() ?? [])]);
  const people = await loadIdentities(transaction, burial.source, externalIds);
  const graves = rows.map((row) => ({ row, grave: graveOf(row, burial.readStartedAt, at) }));
  await upsert(
    transaction,
    graves.map(({ grave }) => ({ ...grave, personal: null, raw: null })),
  );
  await leaveOwnersAlone(transaction, rows);
  const drafts = graves.map(({ row, grave }) => ({
    ...statusDraft(row.id, saidBy(grave), {
      from: row.status,
      effective: 1,
      at,
      userId: people.get(row.external_user_id ?? '')?.user_id ?? null,
      cause: burial.learntBy,
    }),
    sequence: grave.sequence,
  }));
  await appendChanges(transaction, drafts);
  const users = [...people.values()].map((row) => row.user_id);
  const causes = new Map(users.map((id) => [id, 'VERIFICATION' as const]));
  const moved = await moveAnswers(transaction, context, { causes, at });
  await refreshOpen(transaction, burial.source, new Set(externalIds));
  return { buried: rows.length, appended: drafts.length + moved };
}

const NO_HASH = new Uint8Array(0);

function graveOf(row: StoredRow, readStartedAt: Instant, at: Instant): StoredRow {
  const record = { kind: row.kind, details: JSON.parse(row.details) } as Parameters<typeof buriedDetails>[0];
  return {
    ...row,
    status: 'CANCELLED',
    status_reason: 'DELETED_UPSTREAM',
    source_status: plainWord(row.source_status),
    outcome: plainWord(row.outcome),
    can_retry: null,
    status_since: at,
    last_changed_at: at,
    observed_at: readStartedAt,
    read_started_at: readStartedAt,
    document_expires_on: null,
    details: JSON.stringify(buriedDetails(record)),
    faults: '[]',
    fault_count: 0,
    content_hash: NO_HASH,
    sequence: row.sequence + 1,
    deleted: 1,
  };
}

function saidBy(grave: StoredRow): Parameters<typeof statusDraft>[1] {
  return {
    source: grave.source as SourceId,
    kind: grave.kind as Verification['kind'],
    status: 'CANCELLED',
    reason: 'DELETED_UPSTREAM',
    sourceStatus: grave.source_status,
    outcome: grave.outcome,
    decidedAt: grave.decided_at as Instant | null,
    updatedAt: grave.updated_at as Instant | null,
  };
}

/**
 * The entities of a tombstone are gone with its details; only its owner is still named, and nobody is found by what it
 * said.
 */
async function leaveOwnersAlone(transaction: Transact, rows: readonly StoredRow[]): Promise<void> {
  const ids = rows.map((row) => row.id);
  await transaction
    .deleteFrom('subjects')
    .where('verification_id', 'in', ids)
    .where('role', '=', 'ENTITY')
    .execute();
  await removePersonalHashes(transaction, ids);
}

/** Buries in one transaction of its own and rings the bell. @returns how many were buried */
export async function bury(context: StoreContext, burial: Burial): Promise<number> {
  if (burial.verificationIds.length === 0) return 0;
  const { buried, appended } = await inLock(context, (transaction) => buryIn(transaction, context, burial));
  if (appended > 0) context.bell.ring();
  return buried;
}
