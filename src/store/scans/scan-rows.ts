import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { SourceFailure } from '#kyc/source-report';
import { leaseLost } from '#store/leases/demand-fence';
import type { Fence } from '#store/leases/leases';
import type { Checkpoint, IngestBatch, ScanState } from '#store/store';
import type { ScanTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { failureOf, heldBackIn, shownOf } from './held-back.ts';

/** Under a lease (`demandFence`, by the same statement). @throws LeaseLostError */
export async function loadScan(
  transaction: Pick<Transact, 'selectFrom'>,
  source: SourceId,
  fence: Fence | null = null,
): Promise<ScanTable | null> {
  if (fence !== null) return await loadFenced(transaction, source, fence);
  const row = await transaction
    .selectFrom('scans')
    .selectAll()
    .where('source', '=', source)
    .executeTakeFirst();
  return row ?? null;
}

async function loadFenced(
  transaction: Pick<Transact, 'selectFrom'>,
  source: SourceId,
  { name, token }: Fence,
): Promise<ScanTable | null> {
  const row = await transaction
    .selectFrom('leases')
    .leftJoin('scans', (join) => join.on('scans.source', '=', source))
    .selectAll('scans')
    .where('leases.name', '=', name)
    .where('leases.token', '=', token)
    .executeTakeFirst();
  if (row === undefined) throw leaseLost();
  // A join that found nothing gives nulls.
  return row.source === null ? null : (row as ScanTable);
}

/** The row of a source that was never scanned. */
export function unscanned(source: SourceId): ScanTable {
  return {
    source,
    generation: 0,
    running: 0,
    checkpoint: null,
    started_at: null,
    unidentified: 0,
    total_at_source: null,
    incomplete: null,
    completed_generation: 0,
    completed_started_at: null,
    completed_at: null,
    failure: null,
    attempted_at: null,
    held_back: null,
  };
}

/** True while a source that lists never completed a scan. */
export function isBackfilling(scan: ScanTable | null): boolean {
  return scan === null || scan.completed_generation === 0;
}

export async function saveScan(transaction: Transact, row: ScanTable): Promise<void> {
  const { source: _key, ...columns } = row;
  await transaction
    .insertInto('scans')
    .values(row)
    .onConflict((conflict) => conflict.column('source').doUpdateSet(columns))
    .execute();
}

/** The checkpoint after the last page, as against none (null), before the first. */
export const AFTER_LAST_PAGE = 'null';

/**
 * Saves where a page left the scan. A page of another generation than the present one saves nothing; the same page
 * coming again (it leads to the checkpoint where the scan stands) counts its rows once.
 */
export async function saveProgress(
  transaction: Transact,
  { batch, at, present }: { batch: IngestBatch; at: Instant; present: ScanTable | null },
): Promise<void> {
  const { scan } = batch;
  if (scan === null || present === null || present.running === 0) return;
  if (scan.generation !== present.generation) return;
  const checkpoint = scan.next === null ? AFTER_LAST_PAGE : JSON.stringify(scan.next);
  const isAgain = checkpoint === present.checkpoint;
  await saveScan(transaction, {
    ...present,
    checkpoint,
    unidentified: present.unidentified + (isAgain ? 0 : scan.unidentified),
    total_at_source: scan.totalAtSource,
    incomplete: present.incomplete ?? (scan.incomplete === null ? null : JSON.stringify(scan.incomplete)),
    attempted_at: at,
  });
}

export function scanStateOf(row: ScanTable): ScanState {
  const heldBack = heldBackIn(row);
  const isUnderWay = row.checkpoint !== null && row.checkpoint !== AFTER_LAST_PAGE;
  return {
    generation: row.generation,
    running: row.running === 1,
    checkpoint: isUnderWay ? (JSON.parse(row.checkpoint ?? AFTER_LAST_PAGE) as Checkpoint) : null,
    startedAt: row.started_at as Instant | null,
    unidentified: row.unidentified,
    totalAtSource: row.total_at_source,
    completedStartedAt: row.completed_started_at as Instant | null,
    completedAt: row.completed_at as Instant | null,
    failure:
      row.failure === null ? heldBack && failureOf(heldBack) : (JSON.parse(row.failure) as SourceFailure),
    attemptedAt: row.attempted_at as Instant | null,
    heldBack: heldBack && shownOf(heldBack),
  };
}
