import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';

import type { Confirmation } from './confirmation.ts';
import { heldBackIn, missedOf, shownOf } from './held-back.ts';
import { inLock } from './in-lock.ts';
import { buryMissed } from './missed.ts';
import { loadScan, saveScan } from './scan-rows.ts';

/** Buries what is held back. Cut short, it is there to be confirmed again until the last of it is buried. */
export async function confirmDeletions(
  context: StoreContext,
  source: SourceId,
  scan: number | null,
): Promise<Confirmation> {
  const row = await inLock(context, (transaction) => loadScan(transaction, source));
  const heldBack = row === null ? null : heldBackIn(row);
  if (heldBack === null) return { deleted: 0, otherwise: null };
  if (scan !== null && scan !== heldBack.scan) return { deleted: 0, otherwise: shownOf(heldBack) };
  const deleted = await buryMissed(context, missedOf(source, heldBack));
  await release(context, source, heldBack.scan);
  return { deleted, otherwise: null };
}

/** Unless a scan that was completed meanwhile holds back others. */
async function release(context: StoreContext, source: SourceId, scan: number): Promise<void> {
  await inLock(context, async (transaction) => {
    const row = await loadScan(transaction, source);
    if (row === null || heldBackIn(row)?.scan !== scan) return;
    await saveScan(transaction, { ...row, held_back: null });
  });
}
