import type { Transact } from '#store/transact';

import type { ChangeDraft } from './log.ts';
import type { Plan, StoredRow } from './plan.ts';

/**
 * Leaves out late rows whose words the log has already for that record and time, numbers the others per record without
 * holes, and puts the last number into the plan's rows. Records that got a late row only have their number saved here.
 */
export async function numberDrafts(
  transaction: Transact,
  plan: Plan,
  held: ReadonlyMap<string, StoredRow>,
): Promise<readonly ChangeDraft[]> {
  const told = await loadTold(transaction, plan.drafts);
  const last = new Map([...held].map(([id, row]) => [id, row.sequence]));
  const rows = plan.drafts.filter((draft) => {
    const words = wordsOf(draft);
    if (draft.effective === 0 && told.has(words)) return false;
    told.add(words);
    return true;
  });
  const numbered = rows.map((draft) => {
    const sequence = (last.get(draft.subject_id) ?? 0) + 1;
    last.set(draft.subject_id, sequence);
    return { ...draft, sequence };
  });
  for (const [id, { row }] of plan.written) row.sequence = last.get(id) ?? row.sequence;
  const elsewhere = new Set(numbered.map((row) => row.subject_id).filter((id) => !plan.written.has(id)));
  for (const id of elsewhere) await saveSequence(transaction, id, last.get(id) ?? 0);
  return numbered;
}

/** What the log says of the records that something came late of. */
async function loadTold(transaction: Transact, drafts: readonly ChangeDraft[]): Promise<Set<string>> {
  const ids = new Set(drafts.filter((draft) => draft.effective === 0).map((draft) => draft.subject_id));
  if (ids.size === 0) return new Set();
  const rows = await transaction
    .selectFrom('changes')
    .select(['subject_id', 'to_status', 'reason', 'source_status', 'outcome', 'occurred_at'])
    .where('subject_id', 'in', [...ids])
    .execute();
  return new Set(rows.map(wordsOf));
}

function wordsOf(
  row: Pick<ChangeDraft, 'subject_id' | 'to_status' | 'reason' | 'source_status' | 'outcome' | 'occurred_at'>,
): string {
  return JSON.stringify([
    row.subject_id,
    row.to_status,
    row.reason,
    row.source_status,
    row.outcome,
    row.occurred_at,
  ]);
}

async function saveSequence(transaction: Transact, id: string, sequence: number): Promise<void> {
  await transaction.updateTable('verifications').set({ sequence }).where('id', '=', id).execute();
}
