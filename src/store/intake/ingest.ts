import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import { loadScan, saveProgress } from '#store/scans/scan-rows';
import type { IngestBatch, IngestResult, Store } from '#store/store';

import { moveAnswers } from './answers.ts';
import { type Arrival, arrivalsOf } from './arrivals.ts';
import { withoutErasedValues } from './erased-arrivals.ts';
import { noteReads, refreshOpen } from './identity-reads.ts';
import { appendChanges } from './log.ts';
import { firstSightOf, meet } from './meet.ts';
import { type Plan, planOf } from './plan.ts';
import { numberDrafts } from './sequences.ts';
import { toldIn, withTold } from './told.ts';
import { causesOf } from './touched-users.ts';
import { type HeldSet, loadHeld, saveVerifications } from './verification-rows.ts';

/** What was read because somebody asked, or a source called, passes what was polled. */
export function createIntake(context: StoreContext): Pick<Store, 'ingest' | 'prepare'> {
  const prepared = new WeakMap<IngestBatch, Promise<readonly Arrival[]>>();
  /** Sources whose last batch was mostly written: the next one will most likely be, and is sealed ahead. */
  const written = new Set<SourceId>();

  async function prepare(batch: IngestBatch): Promise<readonly Arrival[]> {
    const isSealed = written.has(batch.source.id);
    const arrivals = prepared.get(batch) ?? arrivalsOf(batch, context.sealers, { isSealed });
    prepared.set(batch, arrivals);
    return await arrivals;
  }

  return {
    prepare: async (batch) => void (await prepare(batch)),
    async ingest(batch) {
      const arrivals = await prepare(batch);
      const taking = () => takeBatch(context, batch, arrivals);
      const result = await (batch.learntBy === 'POLL' ? context.bulk.run(taking) : taking());
      if (result.created + result.changed > arrivals.length / 2) written.add(batch.source.id);
      else written.delete(batch.source.id);
      return result;
    },
  };
}

/** One transaction, behind the append lock from its first statement. */
async function takeBatch(
  context: StoreContext,
  batch: IngestBatch,
  prepared: readonly Arrival[],
): Promise<IngestResult> {
  const { database, bell } = context;
  const { result, appended } = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    const arrivals = await withoutErasedValues(transaction, context, batch.source.id, prepared);
    const scan = await loadScan(transaction, batch.source.id, context.fence);
    const generation = batch.ahead === true ? 0 : (scan?.generation ?? 0);
    const held = await loadHeld(transaction, [...arrivals, ...toldIn(batch)], batch.source);
    const people = await meet(transaction, context, { batch, arrivals, held, at });
    const firstSight = firstSightOf(batch, scan, people.known);
    const userOf = (externalId: string | null) => people.known.get(externalId ?? '')?.user_id ?? null;
    const plan = planOf(arrivals, {
      versioning: batch.source.versioning,
      at,
      generation,
      held: held.rows,
      firstSight: (arrival) => firstSight(arrival.record.verification.externalUserId),
      learntBy: batch.learntBy,
      userOf,
    });
    const all = await withTold(transaction, plan, { batch, arrivals, held: held.rows, at, userOf });
    const drafts = await numberDrafts(transaction, all, held.rows);
    await saveVerifications(transaction, context, { plan, held, generation });
    await appendChanges(transaction, drafts);
    const causes = causesOf({ plan, drafts, held, people, policy: context.policy, firstSight });
    const moved = await moveAnswers(transaction, context, { causes, at });
    await noteReads(transaction, batch, people.known);
    await refreshOpen(transaction, batch.source.id, concerned(plan, held, batch));
    await saveProgress(transaction, { batch, at, present: scan });
    return { result: plan.result, appended: drafts.length + moved };
  });
  if (appended > 0) bell.ring();
  return result;
}

/** External ids whose records may be open or final otherwise than before. */
function concerned(plan: Plan, held: HeldSet, batch: IngestBatch): ReadonlySet<string> {
  const ids = new Set(batch.reads.flatMap((read) => read.identitiesRead));
  for (const [id, { arrival }] of plan.written) {
    for (const subject of arrival.subjects) ids.add(subject.externalUserId);
    for (const externalId of held.subjects.get(id)?.keys() ?? []) ids.add(externalId);
  }
  return ids;
}
