import type { ScanPage, ScanPosition } from '#sources/source';
import type { Checkpoint } from '#store/store';

/** Where a scan stands: in the look for open records that a first scan begins with, or in the whole list. */
export interface Place {
  readonly ahead: boolean;
  /** Null: from the start. */
  readonly position: ScanPosition | null;
}

/** In a checkpoint: true beside a position of the look ahead, false at the start of the whole list after it. */
const AHEAD = 'ahead';

/** `lookAhead`: whether a scan that is at its start, or in its look ahead, is to look ahead. */
export function placeOf(checkpoint: Checkpoint | null, lookAhead: boolean): Place {
  if (checkpoint === null) return { ahead: lookAhead, position: null };
  const { [AHEAD]: ahead, ...position } = checkpoint;
  if (ahead === undefined) return { ahead: false, position };
  return ahead === true && lookAhead ? { ahead, position } : { ahead: false, position: null };
}

/** Null after the last page of the whole list. */
export function placeAfter({ ahead }: Place, { next }: Pick<ScanPage, 'next'>): Place | null {
  if (next !== null) return { ahead, position: next };
  return ahead ? { ahead: false, position: null } : null;
}

export function checkpointOf(place: Place | null): Checkpoint | null {
  if (place === null) return null;
  const { ahead, position } = place;
  return ahead || position === null ? { ...position, [AHEAD]: ahead } : position;
}
