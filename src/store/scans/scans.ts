import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { incomplete, type SourceFailure } from '#kyc/source-report';
import type { StoreContext } from '#store/context';
import type { ScanOutcome, Store } from '#store/store';
import type { ScanTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { confirmDeletions } from './confirm-deletions.ts';
import { holdBack } from './held-back.ts';
import { inLock } from './in-lock.ts';
import { buryMissed, type Missed } from './missed.ts';
import { AFTER_LAST_PAGE, loadScan, saveScan, scanStateOf, unscanned } from './scan-rows.ts';

/** The whole scans of sources that list, and the state of every source. */
export function createScans(
  context: StoreContext,
): Pick<Store, 'beginScan' | 'endScan' | 'confirmDeletions' | 'noteFailure' | 'scanState'> {
  const { database } = context;
  return {
    beginScan: (source) =>
      inLock(context, async (transaction) => {
        const row = (await loadScan(transaction, source)) ?? unscanned(source);
        const at = await database.now(transaction);
        const next = row.running === 1 ? goneOn(row) : begun(row, at);
        await saveScan(transaction, { ...next, attempted_at: at });
        return scanStateOf({ ...next, attempted_at: at });
      }),
    endScan: ({ id }, generation) => endScan(context, id, generation),
    confirmDeletions: (source, scan) => confirmDeletions(context, source, scan),
    noteFailure: (source, failure) =>
      inLock(context, async (transaction) => {
        const row = (await loadScan(transaction, source)) ?? unscanned(source);
        const attempted_at = await database.now(transaction);
        await saveScan(transaction, { ...row, failure: textOf(failure), attempted_at });
      }),
    scanState: async (source) => scanStateOf((await loadScan(database.read, source)) ?? unscanned(source)),
  };
}

function begun(row: ScanTable, at: Instant): ScanTable {
  return {
    ...row,
    generation: row.generation + 1,
    running: 1,
    checkpoint: null,
    started_at: at,
    unidentified: 0,
    total_at_source: null,
    incomplete: null,
  };
}

/** A scan that died after its last page is read again from the first: what it counted by page starts anew. */
function goneOn(row: ScanTable): ScanTable {
  if (row.checkpoint !== AFTER_LAST_PAGE) return row;
  return { ...row, checkpoint: null, unidentified: 0, incomplete: null };
}

async function endScan(context: StoreContext, source: SourceId, generation: number): Promise<ScanOutcome> {
  const { outcome, missed } = await inLock(context, (transaction) =>
    judge(transaction, context, source, generation),
  );
  return missed === null ? outcome : { ...outcome, deleted: await buryMissed(context, missed) };
}

interface Judged {
  readonly outcome: ScanOutcome;
  /** What is to be buried; null for nothing. */
  readonly missed: Missed | null;
}

async function judge(
  transaction: Transact,
  { database }: StoreContext,
  source: SourceId,
  generation: number,
): Promise<Judged> {
  const row = await loadScan(transaction, source);
  if (row === null || row.running === 0 || row.generation !== generation)
    return unfinished(incomplete('This scan is not the one that is running.'));
  const lacking = await whatLacks(transaction, row);
  if (lacking !== null) {
    await saveScan(transaction, { ...row, running: 0, failure: textOf(lacking) });
    return unfinished(lacking);
  }
  const at = await database.now(transaction);
  const missed = missedBy(row, at);
  const heldBack = missed === null ? null : await holdBack(transaction, row, missed);
  const ended: ScanTable = {
    ...row,
    running: 0,
    completed_generation: generation,
    completed_started_at: row.started_at,
    completed_at: at,
    failure: null,
    held_back: textOf(heldBack),
  };
  await saveScan(transaction, ended);
  const state = scanStateOf(ended);
  const outcome = { complete: true, deleted: 0, failure: state.failure, heldBack: state.heldBack };
  return { outcome, missed: heldBack === null ? missed : null };
}

function unfinished(failure: SourceFailure): Judged {
  return { outcome: { complete: false, deleted: 0, failure, heldBack: null }, missed: null };
}

/** What neither this scan nor the complete one before it saw; null where none was before it. */
function missedBy(row: ScanTable, at: Instant): Missed | null {
  if (row.completed_generation === 0) return null;
  const readStartedAt = (row.started_at ?? at) as Instant;
  return { source: row.source as SourceId, before: row.completed_generation, readStartedAt };
}

/** Why a scan that came to its last page is not complete; null when it is. */
async function whatLacks(transaction: Transact, row: ScanTable): Promise<SourceFailure | null> {
  if (row.incomplete !== null) return JSON.parse(row.incomplete) as SourceFailure;
  if (row.unidentified > 0)
    return incomplete(`${row.unidentified} rows of the scan could not be identified.`);
  if (row.total_at_source === null) return null;
  const seen = await countSeen(transaction, row);
  if (seen >= row.total_at_source) return null;
  return incomplete(`The scan saw ${seen} of the ${row.total_at_source} records that the source counts.`);
}

async function countSeen(transaction: Transact, row: ScanTable): Promise<number> {
  const { records } = await transaction
    .selectFrom('verifications')
    .select((eb) => eb.fn.countAll<number | string>().as('records'))
    .where('source', '=', row.source)
    .where('seen_generation', '=', row.generation)
    .executeTakeFirstOrThrow();
  return Number(records);
}

function textOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
