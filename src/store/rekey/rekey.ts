import type { StoreContext } from '#store/context';
import { KEY_CHECK, sealKeyCheck } from '#store/key-check';
import { fillSearches } from '#store/searches/fill-searches';

import { staleErasures } from './stale-erasures.ts';
import { staleEvents } from './stale-events.ts';
import { staleIdentities } from './stale-identities.ts';
import { addTallies, NOTHING_DONE, type StaleRows, type Tally } from './stale-rows.ts';
import { staleVerifications } from './stale-verifications.ts';

/** How far it is, in rows. */
export interface RekeyProgress {
  readonly moved: number;
  readonly left: number;
}

export interface RekeyReport extends Tally {
  /** True: all that opens is sealed with the present key, and the store opens without the old ones. */
  readonly isDone: boolean;
}

/** Work on what is stored already, beside running gateways too. */
export interface Upkeep {
  /** Makes the next `limit` records from before there were searches findable; false when none is left. */
  fillSearches(limit: number): Promise<boolean>;
  /**
   * Seals and hashes with the present key all that older keys of the ring sealed and hashed, batch by batch, each in a
   * transaction of its own. What is left is told by the key ids in the rows: cut short anywhere, it goes on there. Until
   * nothing is left, the store demands the old key when it is opened.
   */
  rekey(note: (progress: RekeyProgress) => void): Promise<RekeyReport>;
}

export function createUpkeep(context: StoreContext): Upkeep {
  return {
    fillSearches: (limit) => fillSearches(context, limit),
    rekey: (note) => rekey(context, note),
  };
}

/** Rows of one transaction: a gateway that runs beside waits briefly behind it. */
const ROWS_AT_ONCE = 100;
/** How often all is looked through again, where another gateway still sealed with an old key meanwhile. */
const PASSES = 3;

async function rekey(context: StoreContext, note: (progress: RekeyProgress) => void): Promise<RekeyReport> {
  while (await fillSearches(context, ROWS_AT_ONCE));
  const parts = [staleVerifications, staleIdentities, staleErasures, staleEvents].map((part) =>
    part(context),
  );
  let total = NOTHING_DONE;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const left = await countLeft(parts);
    const stays = { ...NOTHING_DONE, moved: total.moved, releasedPins: total.releasedPins };
    total = await moveAll(context, parts, stays, (moved) =>
      note({ moved, left: left + stays.moved - moved }),
    );
    if ((await countLeft(parts)) <= total.broken + total.unknownKey) break;
  }
  const left = await countLeft(parts);
  const isDone = total.unknownKey === 0 && left <= total.broken;
  if (isDone) await noteKey(context);
  await context.database.forget?.();
  return { ...total, isDone };
}

async function countLeft(parts: readonly StaleRows[]): Promise<number> {
  const counts = await Promise.all(parts.map((part) => part.count()));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function moveAll(
  { database, bulk }: StoreContext,
  parts: readonly StaleRows[],
  before: Tally,
  note: (moved: number) => void,
): Promise<Tally> {
  let total = before;
  for (const part of parts) {
    for (let after: readonly string[] | null = null; ; ) {
      const keys = await part.next(after, ROWS_AT_ONCE);
      if (keys.length === 0) break;
      const tally = await bulk.run(() =>
        database.write.transaction().execute(async (transaction) => {
          await database.dialect.lockAppends(transaction);
          return await part.move(transaction, keys);
        }),
      );
      total = addTallies(total, tally);
      note(total.moved);
      after = keys.at(-1) ?? null;
    }
  }
  return total;
}

/** From now on the store opens with the present key alone, and with the old one alone no more. */
async function noteKey({ database, sealers }: StoreContext): Promise<void> {
  await database.write
    .updateTable('meta')
    .set({ value: sealKeyCheck(sealers.keyCheck) })
    .where('key', '=', KEY_CHECK)
    .execute();
}
