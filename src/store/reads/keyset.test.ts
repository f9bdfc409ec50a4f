import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Position } from '#kyc/page';
import { comparePositions } from '#kyc/slice-page';

import { type Bound, type Edge, type ListOrder, type Segment, segmentsBetween } from './keyset.ts';

const value = fc.constantFrom('1', '2', '3', '4');
const row = fc.record({ value: fc.option(value), id: fc.constantFrom('A', 'B', 'a', 'b') });
const bound = fc.option(fc.record({ position: row, inclusive: fc.boolean() }));
const order: fc.Arbitrary<ListOrder> = fc.record({
  direction: fc.constantFrom('ASC', 'DESC'),
  nullable: fc.constant(true),
  low: fc.option(value, { freq: 3 }),
  high: fc.option(value, { freq: 3 }),
});

it('cuts any slice of any list into segments that hold its rows once, in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(row, { selector: keyOf }),
      order,
      bound,
      bound,
      (rows, list, after, before) => {
        const sorted = rows.toSorted((one, other) => comparePositions(one, other, list.direction));
        const expected = sorted.filter((one) => isIn(list, one) && isBetween(list, one, after, before));
        const segments = segmentsBetween(list, after, before);
        expect(segments.flatMap((segment) => sorted.filter((one) => holds(segment, one)))).toEqual(expected);
      },
    ),
    { numRuns: 5000 },
  );
});

it('needs one segment where the whole slice shares one value', () => {
  const list: ListOrder = { direction: 'ASC', nullable: true, low: null, high: null };
  const place = (id: string): Bound => ({ position: { value: '1', id }, inclusive: false });
  expect(segmentsBetween(list, place('a'), place('c'))).toHaveLength(1);
});

function keyOf({ value: sortValue, id }: Position): string {
  return `${sortValue} ${id}`;
}

function isIn({ low, high }: ListOrder, { value: sortValue }: Position): boolean {
  if (low === null && high === null) return true;
  return sortValue !== null && (low === null || sortValue >= low) && (high === null || sortValue < high);
}

function isBetween(list: ListOrder, one: Position, after: Bound | null, before: Bound | null): boolean {
  const follows = (at: Bound) => {
    const compared = comparePositions(one, at.position, list.direction);
    return compared > 0 || (at.inclusive && compared === 0);
  };
  const precedes = (at: Bound) => {
    const compared = comparePositions(one, at.position, list.direction);
    return compared < 0 || (at.inclusive && compared === 0);
  };
  return (after === null || follows(after)) && (before === null || precedes(before));
}

function holds(segment: Segment, one: Position): boolean {
  if (segment.rows === 'VALUES_BETWEEN') {
    if (one.value === null) return false;
    return isBeyond(segment.low, one.value, 1) && isBeyond(segment.high, one.value, -1);
  }
  const shared = segment.rows === 'WITH_VALUE' ? segment.value : null;
  const { after, before } = segment.ids;
  return one.value === shared && isBeyond(after, one.id, 1) && isBeyond(before, one.id, -1);
}

function isBeyond(edge: Edge | null, text: string, sign: 1 | -1): boolean {
  if (edge === null) return true;
  if (text === edge.value) return edge.inclusive;
  return (text > edge.value ? 1 : -1) === sign;
}
