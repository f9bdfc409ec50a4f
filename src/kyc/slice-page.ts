import type { KnownVerification } from './known-verification.ts';
import type { Page, PageRequest, Position } from './page.ts';
import type { VerificationOrder } from './verification-filter.ts';

type Direction = VerificationOrder['direction'];

/** Where a verification stands in a list of this order. */
export function positionIn(order: VerificationOrder): (known: KnownVerification) => Position {
  return (known) => ({ value: known[order.by], id: known.id });
}

/** Sorts verifications as the store does: nulls last in both directions, ties by id in ascending byte order. */
export function compareByOrder(
  order: VerificationOrder,
): (one: KnownVerification, other: KnownVerification) => number {
  const positionOf = positionIn(order);
  return (one, other) => comparePositions(positionOf(one), positionOf(other), order.direction);
}

/** Negative when `one` stands before `other`. Ids and values are ASCII, so that text order is byte order. */
export function comparePositions(one: Position, other: Position, direction: Direction): number {
  if (one.value === other.value) return compare(one.id, other.id);
  if (one.value === null) return 1;
  if (other.value === null) return -1;
  return direction === 'ASC' ? compare(one.value, other.value) : compare(other.value, one.value);
}

/**
 * The page of a whole list that stands in memory. The cursors need not be rows of it any more.
 *
 * @param rows the whole list, sorted by `positionOf` in `direction`
 */
export function slicePage<Row>(
  rows: readonly Row[],
  page: PageRequest,
  positionOf: (row: Row) => Position,
  direction: Direction,
): Page<Row> {
  const { after, before, take } = page;
  const standsBefore = (row: Row, at: Position) => comparePositions(positionOf(row), at, direction) < 0;
  const standsAfter = (row: Row, at: Position) => comparePositions(positionOf(row), at, direction) > 0;
  const first = after === null ? 0 : countWhile(rows, (row) => !standsAfter(row, after));
  const behindLast = before === null ? rows.length : countWhile(rows, (row) => standsBefore(row, before));
  const end = Math.max(first, behindLast);
  const from = page.direction === 'FORWARD' ? first : Math.max(first, end - take);
  const to = page.direction === 'FORWARD' ? Math.min(end, first + take) : end;
  return { rows: rows.slice(from, to), hasPrevious: from > 0, hasNext: to < rows.length };
}

function countWhile<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number {
  const end = rows.findIndex((row) => !holds(row));
  return end < 0 ? rows.length : end;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
