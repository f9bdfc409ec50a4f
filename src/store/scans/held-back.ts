import type { SourceId } from '#kyc/source-id';
import { incomplete, type SourceFailure } from '#kyc/source-report';
import type { ScanTable } from '#store/tables';
import type { Transact } from '#store/transact';

import type { HeldBack } from './confirmation.ts';
import { countMissed, type Missed } from './missed.ts';

/** As it is stored with the scans of its source: by what its records are found again, too. */
export type StoredHeldBack = HeldBack & Pick<Missed, 'before' | 'readStartedAt'>;

const MAX_SHARE = 0.05;
const ALWAYS_ALLOWED = 20;

/**
 * What is not to be buried although two complete scans missed it, because so much would go at once; null when all may
 * go. As long as no other records join those that an earlier scan held back they stay that scan's, so that an operator
 * who looks into it confirms what was seen and not what came since.
 */
export async function holdBack(
  transaction: Transact,
  row: ScanTable,
  missed: Missed,
): Promise<StoredHeldBack | null> {
  const records = await countMissed(transaction, missed);
  if (records <= ALWAYS_ALLOWED) return null;
  const of = await countLiving(transaction, missed.source);
  if (records <= of * MAX_SHARE) return null;
  const earlier = heldBackIn(row);
  if (earlier !== null && (await countMissed(transaction, missedOf(row.source, earlier))) === records)
    return { ...earlier, records, of };
  const { before, readStartedAt } = missed;
  return { scan: row.generation, records, of, before, readStartedAt };
}

/** What a source's row says is held back; null for nothing. */
export function heldBackIn(row: ScanTable): StoredHeldBack | null {
  return row.held_back === null ? null : (JSON.parse(row.held_back) as StoredHeldBack);
}

/** As it is told outside of the store. */
export function shownOf({ scan, records, of }: StoredHeldBack): HeldBack {
  return { scan, records, of };
}

export function missedOf(source: string, { before, readStartedAt }: StoredHeldBack): Missed {
  return { source: source as SourceId, before, readStartedAt };
}

/** Why lists of the source are not whole meanwhile. */
export function failureOf({ records, of }: HeldBack): SourceFailure {
  return incomplete(
    `Two complete scans did not see ${records} of ${of} records. So many are not taken for deleted until an operator confirms it (kyc-gateway scans).`,
  );
}

async function countLiving(transaction: Transact, source: SourceId): Promise<number> {
  const { records } = await transaction
    .selectFrom('verifications')
    .select((eb) => eb.fn.countAll<number | string>().as('records'))
    .where('source', '=', source)
    .where('deleted', '=', 0)
    .executeTakeFirstOrThrow();
  return Number(records);
}
