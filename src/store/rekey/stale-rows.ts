import { type RawBuilder, type SqlBool, sql } from 'kysely';

import { beginsWith, SealBrokenError, type Sealer } from '#store/sealing';
import type { Transact } from '#store/transact';

/** What became of rows, counted. */
export interface Tally {
  /** Sealed and hashed with the present key. */
  readonly moved: number;
  /** With a value that was altered: no key opens it. It stays as it is. */
  readonly broken: number;
  /** With a value sealed with a key that is not in the ring. It stays as it is. */
  readonly unknownKey: number;
  /** Pins of owners that cannot be made again, since the owner was not kept: taken away. */
  readonly releasedPins: number;
}

export const NOTHING_DONE: Tally = { moved: 0, broken: 0, unknownKey: 0, releasedPins: 0 };

export function addTallies(one: Tally, other: Tally): Tally {
  return {
    moved: one.moved + other.moved,
    broken: one.broken + other.broken,
    unknownKey: one.unknownKey + other.unknownKey,
    releasedPins: one.releasedPins + other.releasedPins,
  };
}

/** The rows of one table that hold anything of another key than the present one. */
export interface StaleRows {
  count(): Promise<number>;
  /** The keys of the next ones, in order; what `move` leaves behind is not given again after it. */
  next(after: readonly string[] | null, limit: number): Promise<readonly (readonly string[])[]>;
  /** Behind the append lock. Rows that are no more, or not stale any more, are passed over. */
  move(transaction: Transact, keys: readonly (readonly string[])[]): Promise<Tally>;
}

/** True of rows in which a value is there and was not made with the present key. */
export function isStale(column: string, head: Uint8Array): RawBuilder<SqlBool> {
  const bytes = sql.ref(column);
  return sql`(length(${bytes}) > 0 and substr(${bytes}, 1, ${sql.lit(head.length)}) <> ${head})`;
}

/** A sealed value as it is to be stored, or why it must stay. */
export type Resealed = { readonly value: Uint8Array | null; readonly why: null | 'BROKEN' | 'UNKNOWN_KEY' };

/** Sealed with the present key; what is already, or is null, stays. */
export function reseal(sealer: Sealer, value: Uint8Array | null, context: string): Resealed {
  if (value === null || beginsWith(value, sealer.head)) return { value, why: null };
  try {
    return { value: sealer.seal(sealer.open(value, context), context), why: null };
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error;
    return { value, why: error.because };
  }
}

/** One row, by what became of its values. */
export function tallyOf(values: readonly Resealed[], releasedPins = 0): Tally {
  const why = values.map((value) => value.why);
  const unknownKey = why.includes('UNKNOWN_KEY') ? 1 : 0;
  const broken = unknownKey === 0 && why.includes('BROKEN') ? 1 : 0;
  return { moved: 1 - unknownKey - broken, broken, unknownKey, releasedPins };
}
