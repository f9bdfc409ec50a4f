import { type Effect, effectOf, type HeldState, occurredAt, statusSince } from '#kyc/advance';
import type { LearntBy } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import type { KycStatus, KycStatusReason } from '#kyc/status';
import type { Verification } from '#kyc/verification';
import type { Versioning } from '#kyc/version';
import { saidColumns } from '#store/reads/row-to-known';
import { isOneOf } from '#store/sealing';
import type { IngestResult } from '#store/store';
import type { VerificationTable } from '#store/tables';

import type { Arrival } from './arrivals.ts';
import { type ChangeDraft, plainWord } from './log.ts';

/** A verification as the writing half compares it: all but the sealed columns. */
export type StoredRow = Omit<VerificationTable, 'personal' | 'raw'>;

export interface PlanInput {
  readonly versioning: Versioning;
  /** When the gateway learns this: the store's now. */
  readonly at: Instant;
  /** The present scan generation of the source. */
  readonly generation: number;
  readonly held: ReadonlyMap<string, StoredRow>;
  /** How a record that is seen for the first time was learnt, and how any other change was. */
  readonly firstSight: (arrival: Arrival) => LearntBy;
  readonly learntBy: LearntBy;
  /** The user of an external id; null for none. */
  readonly userOf: (externalUserId: string | null) => string | null;
}

/** What a batch does to the store, but for the users' answers. */
export interface Plan {
  /** Rows to be written whole, with the record whose personal values and payload go with them. */
  readonly written: ReadonlyMap<string, { readonly row: StoredRow; readonly arrival: Arrival }>;
  /** Rows whose copy was confirmed to the letter: only their times move. */
  readonly confirmed: ReadonlyMap<string, Arrival>;
  /** Rows that were seen in an older version only: nothing but the generation moves. */
  readonly seen: ReadonlySet<string>;
  /** Rows of the log in order, without a sequence yet; late ones among them that the log may have already. */
  readonly drafts: readonly ChangeDraft[];
  readonly result: IngestResult;
}

/** Decides by the versions alone (kyc/advance.ts) what each record does; touches nothing. */
export function planOf(arrivals: readonly Arrival[], input: PlanInput): Plan {
  const rows = new Map(input.held);
  const written = new Map<string, { row: StoredRow; arrival: Arrival }>();
  const confirmed = new Map<string, Arrival>();
  const seen = new Set<string>();
  const drafts: ChangeDraft[] = [];
  const counts: Record<Effect, number> = { CREATED: 0, CHANGED: 0, CONFIRMED: 0, LATE: 0 };
  for (const arrival of arrivals) {
    const { id, record, readStartedAt } = arrival;
    const current = rows.get(id) ?? null;
    const read = { verification: record.verification, readStartedAt };
    const effect = effectOf(input.versioning, stateOf(current), read);
    counts[effect] += 1;
    if (effect !== 'CONFIRMED') drafts.push(draftOf(arrival, current, effect, input));
    if (effect === 'LATE') seen.add(id);
    else if (effect === 'CONFIRMED' && isToTheLetter(current, arrival) && !written.has(id))
      confirmed.set(id, arrival);
    else {
      const row = nextRow(arrival, current, effect, input);
      rows.set(id, row);
      written.set(id, { row, arrival });
    }
  }
  for (const id of [...written.keys(), ...confirmed.keys()]) seen.delete(id);
  for (const id of written.keys()) confirmed.delete(id);
  const { CREATED: created, CHANGED: changed, CONFIRMED: unchanged, LATE: late } = counts;
  return { written, confirmed, seen, drafts, result: { created, changed, late, unchanged } };
}

function stateOf(row: StoredRow | null): HeldState | null {
  if (row === null) return null;
  return {
    status: row.status as KycStatus,
    reason: row.status_reason as KycStatusReason | null,
    sourceStatus: row.source_status,
    outcome: row.outcome,
    updatedAt: row.updated_at as Instant | null,
    readStartedAt: row.read_started_at as Instant,
    statusSince: row.status_since as Instant,
    deleted: row.deleted === 1,
  };
}

function isToTheLetter(row: StoredRow | null, { hashes }: Arrival): boolean {
  return row !== null && isOneOf(row.content_hash, hashes);
}

/** `read_started_at` is the winning read's own, also where an older read carries the newer version: order must not matter. */
function nextRow(
  { id, record, hashes: [hash], readStartedAt }: Arrival,
  current: StoredRow | null,
  effect: Effect,
  { at, generation }: PlanInput,
): StoredRow {
  return {
    ...saidColumns(record.verification),
    id,
    status_since: statusSince(stateOf(current), record.verification, at),
    last_changed_at: effect === 'CONFIRMED' && current !== null ? current.last_changed_at : at,
    observed_at: readStartedAt,
    read_started_at: readStartedAt,
    content_hash: hash,
    sequence: current?.sequence ?? 0,
    deleted: 0,
    seen_generation: generation,
  };
}

function draftOf(arrival: Arrival, current: StoredRow | null, effect: Effect, input: PlanInput): ChangeDraft {
  const { verification } = arrival.record;
  return statusDraft(arrival.id, verification, {
    from: effect === 'LATE' ? null : (current?.status ?? null),
    effective: effect === 'LATE' ? 0 : 1,
    at: input.at,
    userId: input.userOf(verification.externalUserId),
    cause: effect === 'CREATED' ? input.firstSight(arrival) : input.learntBy,
  });
}

/** A row of the log about one record, its sequence still open. Words that no table knows are made plain. */
export function statusDraft(
  id: string,
  said: Pick<
    Verification,
    'source' | 'kind' | 'status' | 'reason' | 'sourceStatus' | 'outcome' | 'decidedAt' | 'updatedAt'
  >,
  how: { from: string | null; effective: 0 | 1; at: Instant; userId: string | null; cause: LearntBy },
): ChangeDraft {
  return {
    type: 'STATUS',
    subject_id: id,
    sequence: 0,
    source: said.source,
    kind: said.kind,
    user_id: how.userId,
    from_status: how.from,
    to_status: said.status,
    reason: said.reason,
    source_status: said.reason === 'STATUS_UNRECOGNISED' ? plainWord(said.sourceStatus) : said.sourceStatus,
    // An outcome beside a status that does not read it may be any text.
    outcome: plainWord(said.outcome),
    next_action: null,
    because_id: null,
    effective: how.effective,
    occurred_at: occurredAt(said),
    observed_at: how.at,
    cause: how.cause,
    source_event_id: null,
  };
}
