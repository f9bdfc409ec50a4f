import { saysTheSame } from '#kyc/advance';
import type { ToldOf, ToldStatus } from '#kyc/told-status';
import type { IngestBatch } from '#store/store';
import type { Transact } from '#store/transact';

import type { Arrival } from './arrivals.ts';
import type { ChangeDraft } from './log.ts';
import { type Plan, type PlanInput, type StoredRow, statusDraft } from './plan.ts';

interface ToldInput {
  readonly batch: IngestBatch;
  readonly arrivals: readonly Arrival[];
  readonly held: PlanInput['held'];
  readonly at: PlanInput['at'];
  readonly userOf: PlanInput['userOf'];
}

/** Everything that was told beside the reads of a batch, by the record. */
export function toldIn(batch: IngestBatch): readonly (ToldOf & { readonly id: string })[] {
  return batch.reads.flatMap(({ told = [] }) => told.map((one) => ({ ...one, id: one.verificationId })));
}

/**
 * A plan, its drafts with what events told beside its reads. A read confirms one event, the latest that says what it
 * says: the change has its time and id. All others are rows that moved nothing. No event has two rows.
 */
export async function withTold(transaction: Transact, plan: Plan, input: ToldInput): Promise<Plan> {
  const told = toldIn(input.batch);
  if (told.length === 0) return plan;
  const logged = await loadLogged(transaction, told);
  const drafts = [...plan.drafts];
  for (const [id, events] of Map.groupBy(told, ({ verificationId }) => verificationId)) {
    const row = plan.written.get(id)?.row ?? input.held.get(id);
    // Nothing is held of it: there is no record that a row could be about.
    if (row === undefined) continue;
    const read = input.arrivals.findLast((arrival) => arrival.id === id)?.record.verification ?? null;
    const byId = new Map(events.map((event) => [event.told.eventId, event]));
    const inTime = [...byId.values()].toSorted(byTime);
    const confirmed = inTime.findLast((event) => read !== null && saysTheSame(event.told, read)) ?? null;
    const isNew = (event: ToldOf) => !logged.has(keyOf(id, event.told));
    const own = drafts.findIndex((draft) => draft.subject_id === id);
    const draft = drafts[own];
    if (draft !== undefined && confirmed !== null && isNew(confirmed))
      drafts[own] = dated(draft, confirmed.told, input.batch);
    const others = inTime.filter((event) => event !== confirmed && !event.isRepeated && isNew(event));
    const late = others.map((event) => lateDraft(row, event.told, input));
    drafts.splice(own < 0 ? drafts.length : own, 0, ...late);
  }
  return { ...plan, drafts };
}

function byTime(one: ToldOf, other: ToldOf): number {
  const [first, second] = [one.told.occurredAt ?? '', other.told.occurredAt ?? ''];
  if (first === second) return one.told.eventId < other.told.eventId ? -1 : 1;
  return first < second ? -1 : 1;
}

/** The source itself has just told of it: it is no backfill. */
function dated(draft: ChangeDraft, told: ToldStatus, { learntBy }: IngestBatch): ChangeDraft {
  return {
    ...draft,
    occurred_at: told.occurredAt ?? draft.occurred_at,
    source_event_id: told.eventId,
    cause: learntBy,
  };
}

function lateDraft(row: StoredRow, told: ToldStatus, { batch, at, userOf }: ToldInput): ChangeDraft {
  const { status, reason, sourceStatus, outcome } = told;
  const said = {
    source: batch.source.id,
    kind: row.kind as Parameters<typeof statusDraft>[1]['kind'],
    status,
    reason,
    sourceStatus,
    outcome,
    decidedAt: null,
    updatedAt: null,
  };
  const userId = userOf(row.external_user_id);
  return {
    ...statusDraft(row.id, said, { from: null, effective: 0, at, userId, cause: batch.learntBy }),
    occurred_at: told.occurredAt,
    source_event_id: told.eventId,
  };
}

/** Which of the events the log has already. */
async function loadLogged(transaction: Transact, told: readonly ToldOf[]): Promise<ReadonlySet<string>> {
  const rows = await transaction
    .selectFrom('changes')
    .select(['subject_id', 'source_event_id'])
    .where('subject_id', 'in', [...new Set(told.map(({ verificationId }) => verificationId))])
    .where('source_event_id', 'in', [...new Set(told.map((one) => one.told.eventId))])
    .execute();
  return new Set(rows.map((row) => keyOf(row.subject_id, { eventId: row.source_event_id ?? '' })));
}

function keyOf(id: string, { eventId }: Pick<ToldStatus, 'eventId'>): string {
  return JSON.stringify([id, eventId]);
}
