import { stringify } from 'csv-stringify/sync';

import { openGatewayStore, storePlaceOf } from '#gateway';
import { type Instant, toDateTime } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { HeldBack } from '#store/scans/confirmation';
import { readScans } from '#store/scans/read-scans';
import type { ScanState } from '#store/store';

import { auditAct } from './audit-act.ts';
import { exitCode } from './exit-code.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

const COLUMNS =
  'source state last_completed_at last_attempt_at failure message held_back held_back_scan'.split(' ');

export async function listScans(): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const rows = (await readScans(storePlaceOf(settings))).map(({ source, state }) => ({
      source,
      state: stateOf(state),
      last_completed_at: timeOf(state.completedAt),
      last_attempt_at: timeOf(state.attemptedAt),
      failure: state.failure?.code ?? '',
      message: state.failure?.message ?? '',
      held_back: state.heldBack?.records ?? 0,
      held_back_scan: state.heldBack?.scan ?? '',
    }));
    process.stdout.write(stringify(rows, { header: true, columns: COLUMNS, escape_formulas: true }));
  });
}

/** The worst first: what an operator has to do something about. */
function stateOf({ heldBack, failure, running, completedAt }: ScanState): string {
  if (heldBack !== null) return 'held back';
  if (failure !== null) return 'failed';
  if (running) return 'running';
  return completedAt === null ? 'incomplete' : 'complete';
}

function timeOf(at: Instant | null): string {
  return at === null ? '' : toDateTime(at);
}

/** @param scan the scan that must be the one that holds them back; null: any */
export async function confirmScan(source: SourceId, scan: number | null): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const known = await readScans(storePlaceOf(settings));
    const found = known.find((one) => one.source === source);
    if (found === undefined) return fail(`${source} was never scanned.`);
    // So that a store with nothing to confirm is not opened, though a gateway owns it.
    if (found.state.heldBack === null) return say(`Nothing of ${source} is held back.`);
    const { store } = await openGatewayStore(settings);
    try {
      await auditAct(store, 'CONFIRM_DELETIONS', `source ${source}`);
      const { deleted, otherwise } = await store.confirmDeletions(source, scan);
      if (otherwise === null) say(`Deleted: ${deleted} records of ${source}.`);
      else fail(otherScan(source, otherwise));
    } finally {
      await store.close();
    }
  });
}

function otherScan(source: SourceId, { scan, records, of }: HeldBack): string {
  return `Nothing was deleted: by now scan ${scan} of ${source} holds back ${records} of ${of} records. List and look again.`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(line: string): void {
  say(line);
  process.exitCode = exitCode.FAILED;
}
