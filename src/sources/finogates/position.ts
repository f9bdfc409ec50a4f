import { z } from 'zod';

import type { ScanPosition } from '#sources/source';

const whole = z.int().min(0);

const stand = z.object({
  /** Rows to skip for the next page. */
  offset: whole,
  /** Ids of the last rows of the page before, each ended by a line feed: what the next page should begin with. */
  tail: z.string(),
  /** How many rows of the list stood before the last of them. */
  tailAt: whole,
  /** How often the scan may still step back, or stand still. */
  patience: whole,
  /** How many rows came in before those being read, as far as was noticed. */
  shifted: whole,
  /** In the second reading of the front: how many rows of it; null before. */
  head: whole.nullable(),
  /** In the second reading: rows of the list at the end of the first, where the source said. */
  rowCount: whole.nullable(),
});

/** Where a scan stands between two pages. */
export type Stand = z.infer<typeof stand>;

export const START: Stand = {
  offset: 0,
  tail: '',
  tailAt: 0,
  patience: 8,
  shifted: 0,
  head: null,
  rowCount: null,
};

/** A position that cannot be read (of another release) is the start. */
export function readPosition(position: ScanPosition | null): Stand {
  const read = stand.safeParse(position);
  return read.success ? read.data : START;
}
