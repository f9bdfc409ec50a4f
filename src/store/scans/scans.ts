import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { incomplete, type SourceFailure } from '#kyc/source-report';
import type { StoreContext } from '#store/context';
import { MAX_BATCH, type ScanOutcome, type Store } from '#store/store';
import type { ScanTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { buryIn } from './bury.ts';
import { AFTER_LAST_PAGE, loadScan, saveScan, scanStateOf, unscanned } from './scan-rows.ts';

/** The whole scans of sources that list, and the state of every source. */
export function createScans(
  context: StoreContext,
): Pick<Store, 'beginScan' | 'endScan' | 'noteFailure' | 'scanState'> {
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
    noteFailure: (source, failure) =>
      inLock(context, async (transaction) => {
        const row = (await loadScan(transaction, source)) ?? unscanned(source);
        const attempted_at = await database.now(transaction);
        await saveScan(transaction, { ...row, failure: textOf(failure), attempted_at });
      }),
    scanState: async (source) => scanStateOf((await loadScan(database.read, source)) ?? unscanned(source)),
  };
}

async function inLock<Result>(
  { database }: StoreContext,
  work: (transaction: Transact) => Promise<Result>,
): Promise<Result> {
  return await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    return await work(transaction);
  });
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
  const judged = await inLock(context, (transaction) => judge(transaction, context, source, generation));
  const { outcome, missedSince } = judged;
  if (missedSince === null) return outcome;
  let deleted = 0;
  for (;;) {
    const buried = await buryMissed(context, { source, missedSince, readStartedAt: judged.startedAt });
    deleted += buried;
    if (buried < MAX_BATCH) return { ...outcome, deleted };
  }
}

interface Judged {
  readonly outcome: ScanOutcome;
  /** Records last seen before this generation are to be buried; null when none are. */
  readonly missedSince: number | null;
  readonly startedAt: Instant;
}

async function judge(
  transaction: Transact,
  { database }: StoreContext,
  source: SourceId,
  generation: number,
): Promise<Judged> {
  const row = await loadScan(transaction, source);
  const at = await database.now(transaction);
  const startedAt = (row?.started_at ?? at) as Instant;
  if (row === null || row.running === 0 || row.generation !== generation) {
    const failure = incomplete('This scan is not the one that is running.');
    return { outcome: { complete: false, deleted: 0, failure }, missedSince: null, startedAt };
  }
  const lacking = await whatLacks(transaction, row);
  if (lacking !== null) {
    await saveScan(transaction, { ...row, running: 0, failure: textOf(lacking) });
    return { outcome: { complete: false, deleted: 0, failure: lacking }, missedSince: null, startedAt };
  }
  const previous = row.completed_generation;
  const heldBack = previous === 0 ? null : await whatHoldsBack(transaction, source, previous);
  await saveScan(transaction, {
    ...row,
    running: 0,
    completed_generation: generation,
    completed_started_at: row.started_at,
    completed_at: at,
    failure: textOf(heldBack),
  });
  const missedSince = previous === 0 || heldBack !== null ? null : previous;
  return { outcome: { complete: true, deleted: 0, failure: heldBack }, missedSince, startedAt };
}

/** Why a scan that came to its last page is not complete; null when it is. */
async function whatLacks(transaction: Transact, row: ScanTable): Promise<SourceFailure | null> {
  if (row.incomplete !== null) return JSON.parse(row.incomplete) as SourceFailure;
  if (row.unidentified > 0)
    return incomplete(`${row.unidentified} rows of the scan could not be identified.`);
  if (row.total_at_source === null) return null;
  const seen = await countWhere(transaction, row.source, ['=', row.generation]);
  if (seen >= row.total_at_source) return null;
  return incomplete(`The scan saw ${seen} of the ${row.total_at_source} records that the source counts.`);
}

const MAX_SHARE = 0.05;
const ALWAYS_ALLOWED = 20;

/** Why nothing is to be buried although records are missing; null when they may be. */
async function whatHoldsBack(
  transaction: Transact,
  source: SourceId,
  previous: number,
): Promise<SourceFailure | null> {
  const missed = await countWhere(transaction, source, ['<', previous]);
  if (missed <= ALWAYS_ALLOWED) return null;
  const records = await countWhere(transaction, source, null);
  if (missed <= records * MAX_SHARE) return null;
  return incomplete(
    `Two complete scans did not see ${missed} of ${records} records. So many are not taken for deleted until an operator confirms it.`,
  );
}

/** Records of a source that are no tombstones, by the generation that saw them last. */
async function countWhere(
  transaction: Transact,
  source: string,
  seen: readonly ['=' | '<', number] | null,
): Promise<number> {
  const query = transaction
    .selectFrom('verifications')
    .select((eb) => eb.fn.countAll<number | string>().as('records'))
    .where('source', '=', source);
  const narrowed =
    seen?.[0] === '='
      ? query.where('seen_generation', '=', seen[1])
      : seen === null
        ? query.where('deleted', '=', 0)
        : query.where('seen_generation', '<', seen[1]).where('deleted', '=', 0);
  return Number((await narrowed.executeTakeFirstOrThrow()).records);
}

/** One batch in a transaction of its own, so that webhooks get their turn in between. */
async function buryMissed(
  context: StoreContext,
  missed: { source: SourceId; missedSince: number; readStartedAt: Instant },
): Promise<number> {
  const { buried, appended } = await inLock(context, async (transaction) => {
    const rows = await transaction
      .selectFrom('verifications')
      .select('id')
      .where('source', '=', missed.source)
      .where('seen_generation', '<', missed.missedSince)
      .where('deleted', '=', 0)
      .where('read_started_at', '<=', missed.readStartedAt)
      .limit(MAX_BATCH)
      .execute();
    return await buryIn(transaction, context, {
      source: missed.source,
      verificationIds: rows.map((row) => row.id),
      learntBy: 'POLL',
      readStartedAt: missed.readStartedAt,
    });
  });
  if (appended > 0) context.bell.ring();
  return buried;
}

function textOf(failure: SourceFailure | null): string | null {
  return failure === null ? null : JSON.stringify(failure);
}
