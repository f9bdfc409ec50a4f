import { insertRows, type RowsInto } from '#store/insert-rows';
import type { ChangeTable } from '#store/tables';
import type { Transact } from '#store/transact';

/** A row of the log before it has its place. */
export type ChangeDraft = Omit<ChangeTable, 'position'>;

/**
 * Appends rows in this order, without holes. The transaction must hold the append lock (dialect.lockAppends).
 * Ring the bell after the commit, not before.
 */
export async function appendChanges(transaction: Transact, drafts: readonly ChangeDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  const last = await transaction
    .selectFrom('changes')
    .select((eb) => eb.fn.max('position').as('position'))
    .executeTakeFirst();
  const first = Number(last?.position ?? 0) + 1;
  const rows = drafts.map((draft, index) => ({ ...draft, position: first + index }));
  await insertRows(transaction, INTO_CHANGES, rows);
}

const INTO_CHANGES: RowsInto<'changes'> = {
  table: 'changes',
  columns: [
    'position',
    'type',
    'subject_id',
    'sequence',
    'source',
    'kind',
    'user_id',
    'from_status',
    'to_status',
    'reason',
    'source_status',
    'outcome',
    'next_action',
    'because_id',
    'effective',
    'occurred_at',
    'observed_at',
    'cause',
    'source_event_id',
  ],
  takenOver: null,
};

/** A source's word as the log keeps it when no table knows the word: 64 plain characters, since it may be any text. */
export function plainWord(word: string | null): string | null {
  return word === null ? null : word.replace(/[^A-Za-z0-9 _.-]/gu, '?').slice(0, 64);
}
