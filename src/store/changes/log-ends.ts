import { type Kysely, sql } from 'kysely';

import type { Tables } from '#store/tables';

import { PositionLostError } from './changes.ts';

/** The positions between which the log is held; it has no holes. */
export interface LogEnds {
  /** The last position that was taken away; 0 while all is kept. */
  readonly cut: number;
  /** The last position; 0 of an empty log. */
  readonly head: number;
}

/** One seek for each end. */
export async function readEnds(database: Kysely<Tables>): Promise<LogEnds> {
  const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
    select (select min(position) from changes) as oldest, (select max(position) from changes) as newest
  `.execute(database);
  return { cut: Number(rows[0]?.oldest ?? 1) - 1, head: Number(rows[0]?.newest ?? 0) };
}

/** A position beyond the end is of a store that was put back to an earlier state. @throws PositionLostError */
export function demandHeld({ cut, head }: LogEnds, positions: readonly (number | null)[]): void {
  if (positions.some((position) => position !== null && (position < cut || position > head)))
    throw new PositionLostError('The log does not reach that position.');
}
