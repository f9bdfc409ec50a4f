import type { Position } from '#kyc/page';

/** Ids of rows that share one sort value, in ascending byte order. */
export interface IdRange {
  readonly after: Edge | null;
  readonly before: Edge | null;
}

/** One end of a range; null stands for an open end. */
export interface Edge {
  readonly value: string;
  readonly inclusive: boolean;
}

/** A run of an ordered list that one range of its index holds. */
export type Segment =
  | { readonly rows: 'WITH_VALUE'; readonly value: string; readonly ids: IdRange }
  | { readonly rows: 'VALUES_BETWEEN'; readonly low: Edge | null; readonly high: Edge | null }
  | { readonly rows: 'WITHOUT_VALUE'; readonly ids: IdRange };

/** How a list is ordered: by value with nulls last in both directions, then by id, ascending in both. */
export interface ListOrder {
  readonly direction: 'ASC' | 'DESC';
  /** False where no row is without a value. */
  readonly nullable: boolean;
  /** The values that the list's own filter leaves: `low` inclusive, `high` exclusive. Rows without a value are then out. */
  readonly low: string | null;
  readonly high: string | null;
}

/** A place in the list that ends a slice; the row that stands on it belongs to the slice when `inclusive`. */
export interface Bound {
  readonly position: Position;
  readonly inclusive: boolean;
}

/** The part of a list between two places, as runs in list order. None where the places stand the wrong way round. */
export function segmentsBetween(order: ListOrder, after: Bound | null, before: Bound | null): Segment[] {
  const start = after?.position.value ?? null;
  const end = before?.position.value ?? null;
  const segments: Segment[] = [];
  if (after === null || start !== null) {
    if (start !== null && start === end) return withValue(order, start, idRange(after, before));
    if (start !== null && end !== null && !precedes(order, start, end)) return [];
    if (start !== null) segments.push(...withValue(order, start, idRange(after, null)));
    segments.push(...between(order, start, end));
    if (end !== null) segments.push(...withValue(order, end, idRange(null, before)));
  }
  if (end === null) {
    const from = start === null ? after : null;
    segments.push(...withoutValue(order, idRange(from, before)));
  }
  return segments;
}

function precedes(order: ListOrder, one: string, other: string): boolean {
  return order.direction === 'ASC' ? one < other : one > other;
}

function idRange(after: Bound | null, before: Bound | null): IdRange {
  const edge = (bound: Bound | null) =>
    bound === null ? null : { value: bound.position.id, inclusive: bound.inclusive };
  return { after: edge(after), before: edge(before) };
}

function withValue(order: ListOrder, value: string, ids: IdRange): Segment[] {
  const belongs = (order.low === null || value >= order.low) && (order.high === null || value < order.high);
  return belongs ? [{ rows: 'WITH_VALUE', value, ids }] : [];
}

/** The values strictly between two, `start` coming first in the list, narrowed by the list's own range. */
function between(order: ListOrder, start: string | null, end: string | null): Segment[] {
  const [above, below] = order.direction === 'ASC' ? [start, end] : [end, start];
  const low =
    above === null || (order.low !== null && order.low > above)
      ? edgeAt(order.low, true)
      : edgeAt(above, false);
  const high = below === null || (order.high !== null && order.high < below) ? order.high : below;
  return [{ rows: 'VALUES_BETWEEN', low, high: edgeAt(high, false) }];
}

function edgeAt(value: string | null, inclusive: boolean): Edge | null {
  return value === null ? null : { value, inclusive };
}

function withoutValue(order: ListOrder, ids: IdRange): Segment[] {
  const possible = order.nullable && order.low === null && order.high === null;
  return possible ? [{ rows: 'WITHOUT_VALUE', ids }] : [];
}
