import { MAX_LIMIT } from './endpoints.ts';
import { afterPage, type Join, joinTo, type SeenPage } from './overlap.ts';
import { START, type Stand } from './position.ts';

export interface Step {
  /** Null after the last page. */
  readonly next: Stand | null;
  /** Index of the first row that no page before showed. */
  readonly firstNew: number;
  /** True when rows may be missing for good. */
  readonly incomplete: boolean;
  /** How many rows the scan should have seen in the end. */
  readonly rowCount: number | null;
}

/**
 * Where a scan goes after a page. A page that shares nothing with the one before may have a gap in front of it: the
 * scan steps back. Behind the end of a list of several pages its front is read once more: what came in while it was
 * read, or moved there, stands there in a list with the newest first. Patience bounds it all.
 */
export function stepFrom(stand: Stand, page: SeenPage): Step {
  if (stand.head !== null) return inHead(stand, page, stand.head);
  const join = joinTo(stand, page);
  if (!join.holds && stand.patience > 0 && stand.offset > 0) return stepBack(stand, page);
  return goOn(stand, page, join);
}

function goOn(stand: Stand, page: SeenPage, { holds, firstNew, shiftedBy }: Join): Step {
  const { length } = page.ids;
  const { rowCount } = page;
  const shifted = stand.shifted + shiftedBy;
  const hasGap = !holds && stand.offset > 0;
  const showsNothingNew = firstNew >= length;
  const isEnd = rowCount === null ? showsNothingNew : stand.offset + length >= rowCount;
  // More rows are owed, but none come: waiting for them must not go on for ever.
  const isStuck = showsNothingNew && (stand.patience === 0 || length === 0);
  if (isEnd || isStuck) {
    const next = stand.offset > 0 ? head({ ...stand, shifted }, rowCount) : null;
    return { next, firstNew, incomplete: hasGap || !isEnd, rowCount };
  }
  const patience = stand.patience - (showsNothingNew ? 1 : 0);
  const next = { ...stand, ...afterPage(stand, page), shifted, patience };
  return { next, firstNew, incomplete: hasGap, rowCount };
}

/** Twice as far each time, from where the list now ends at the latest. The rows looked for stay the same. */
function stepBack(stand: Stand, { ids, rowCount }: SeenPage): Step {
  const from = Math.min(stand.offset, rowCount ?? stand.offset);
  const offset = Math.max(0, from - (MAX_LIMIT / 2) * 2 ** (START.patience - stand.patience));
  const next = { ...stand, offset, patience: stand.patience - 1 };
  // Its rows come again, once the page before is found.
  return { next, firstNew: ids.length, incomplete: false, rowCount };
}

/** At least one page: a row that moved to the front while another was deleted leaves no shift to notice. */
function head({ shifted, patience }: Stand, rowCount: number | null): Stand {
  return { ...START, patience, shifted, head: Math.max(shifted, 1), rowCount };
}

function inHead(stand: Stand, { ids, rowCount }: SeenPage, head: number): Step {
  const offset = stand.offset + ids.length;
  const next = ids.length === 0 || offset >= head ? null : { ...stand, offset };
  // Rows that came in since may stand anywhere and are not owed; rows that went are not either.
  const owed =
    stand.rowCount === null || rowCount === null ? stand.rowCount : Math.min(stand.rowCount, rowCount);
  return { next, firstNew: ids.length, incomplete: false, rowCount: owed };
}
