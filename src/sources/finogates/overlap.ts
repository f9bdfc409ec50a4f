import type { Stand } from './position.ts';

/** What of a page matters to the next one. */
export interface SeenPage {
  /** In the order of the page; null for a row that cannot be identified. */
  readonly ids: readonly (string | null)[];
  /** Rows of the whole list when the page was made; null where the source does not say. */
  readonly rowCount: number | null;
}

/** Rows that two pages share. Fewer than these may be deleted before them between the two, and the next still joins. */
const OVERLAP = 20;

export interface Join {
  /** False when nothing of the page before is in this one: rows may stand between the two. */
  readonly holds: boolean;
  /** Index of the first row behind those of the page before. */
  readonly firstNew: number;
  /** How many more rows stand before than when the page before was read; 0 for fewer. */
  readonly shiftedBy: number;
}

/** Compares a page with what the page before ended with. */
export function joinTo({ offset, tail, tailAt }: Stand, { ids }: SeenPage): Join {
  const sought = tail.split('\n').slice(0, -1);
  const last = ids.findLastIndex((id) => id !== null && sought.includes(id));
  const stoodAt = tailAt - (sought.length - 1 - sought.indexOf(ids[last] ?? ''));
  return {
    holds: sought.length === 0 || last >= 0,
    firstNew: last + 1,
    shiftedBy: last >= 0 ? Math.max(0, offset + last - stoodAt) : 0,
  };
}

/** Where the page after this one begins, and with what. A page of one row shares nothing, or the scan would stand still. */
export function afterPage({ offset }: Stand, { ids }: SeenPage): Pick<Stand, 'offset' | 'tail' | 'tailAt'> {
  const next = offset + ids.length - Math.min(OVERLAP, Math.floor(ids.length / 2));
  const shared = ids.map((id, index) => ({ id, at: offset + index })).filter(({ at }) => at >= next);
  const tail = shared.filter(({ id }) => id !== null && !id.includes('\n'));
  return { offset: next, tail: tail.map(({ id }) => `${id}\n`).join(''), tailAt: tail.at(-1)?.at ?? 0 };
}
