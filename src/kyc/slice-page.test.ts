import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Page, PageRequest, Position } from './page.ts';
import { compareByOrder, comparePositions, positionIn, slicePage } from './slice-page.ts';
import { may } from './testing/contributions.ts';
import { knownRecord } from './testing/known.ts';

const at = (value: string | null, id: string): Position => ({ value, id });
const itself = (row: Position) => row;

describe('compareByOrder', () => {
  const rows = [
    knownRecord('none-2', { decidedAt: null }),
    knownRecord('late', { decidedAt: may(9) }),
    knownRecord('none-1', { decidedAt: null }),
    knownRecord('early-2', { decidedAt: may(1) }),
    knownRecord('early-1', { decidedAt: may(1) }),
  ];
  const sorted = (direction: 'ASC' | 'DESC') =>
    rows.toSorted(compareByOrder({ by: 'decidedAt', direction })).map((row) => row.externalId);

  it.each([
    ['ASC', ['early-1', 'early-2', 'late', 'none-1', 'none-2']],
    ['DESC', ['late', 'early-1', 'early-2', 'none-1', 'none-2']],
  ] as const)('sorts nulls last and ties by ascending id, %s', (direction, ids) => {
    expect(sorted(direction)).toStrictEqual(ids);
  });

  it('sorts ids by their bytes, capitals first', () => {
    const positions = ['b', '_', 'a', 'Z', '-', '0'].map((id) => at(null, id));
    const ids = positions.toSorted((one, other) => comparePositions(one, other, 'DESC')).map(({ id }) => id);
    expect(ids).toStrictEqual(['-', '0', 'Z', '_', 'a', 'b']);
  });

  it('takes the value that the order names', () => {
    const row = knownRecord('x');
    expect(positionIn({ by: 'updatedAt', direction: 'ASC' })(row)).toStrictEqual(at(row.updatedAt, row.id));
  });
});

describe('slicePage', () => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => at('1', id));
  const ask = (request: Partial<PageRequest>) => {
    const page = { take: 10, direction: 'FORWARD', after: null, before: null, ...request } as const;
    const { rows: found, hasPrevious, hasNext } = slicePage(rows, page, itself, 'ASC');
    return [found.map((row) => row.id).join(''), hasPrevious, hasNext];
  };
  const after = (id: string) => ({ after: at('1', id) });
  const before = (id: string) => ({ before: at('1', id) });
  const backward = { direction: 'BACKWARD' } as const;

  it.each([
    ['all', {}, 'abcde', false, false],
    ['the first two', { take: 2 }, 'ab', false, true],
    ['the last two', { take: 2, ...backward }, 'de', true, false],
    ['two after b', { take: 2, ...after('b') }, 'cd', true, true],
    ['two before d', { take: 2, ...before('d'), ...backward }, 'bc', true, true],
    ['the first two before d', { take: 2, ...before('d') }, 'ab', false, true],
    ['the last two after b', { take: 2, ...after('b'), ...backward }, 'de', true, false],
    ['between a and e', { ...after('a'), ...before('e') }, 'bcd', true, true],
    ['exactly what there is', { take: 5 }, 'abcde', false, false],
    ['after the last', after('e'), '', true, false],
    ['before the first', { ...before('a'), ...backward }, '', false, true],
    ['between neighbours', { ...after('b'), ...before('c') }, '', true, true],
    ['the wrong way round', { ...after('d'), ...before('b') }, '', true, true],
    ['the wrong way round from the end', { ...after('e'), ...before('b') }, '', true, false],
    ['the wrong way round backwards', { ...after('e'), ...before('b'), ...backward }, '', true, false],
    ['none of the first', { take: 0 }, '', false, true],
    ['none of the last', { take: 0, ...backward }, '', true, false],
    ['after a row that is gone', { take: 1, ...after('bb') }, 'c', true, true],
    ['before a row that is gone', { take: 1, ...before('bb'), ...backward }, 'b', true, true],
    ['after a value that is gone', { take: 1, after: at('0', 'z') }, 'a', false, true],
    ['after all nulls', { take: 1, after: at(null, 'a') }, '', true, false],
  ] as const)('gives %s', (_what, request, ids, hasPrevious, hasNext) => {
    expect(ask(request)).toStrictEqual([ids, hasPrevious, hasNext]);
  });

  it('has nothing around nothing', () => {
    const request: PageRequest = { take: 3, direction: 'FORWARD', after: at('1', 'a'), before: null };
    expect(slicePage([], request, itself, 'ASC')).toStrictEqual({
      rows: [],
      hasPrevious: false,
      hasNext: false,
    });
  });

  const directions = fc.constantFrom('ASC' as const, 'DESC' as const);
  const position = fc.record({
    value: fc.option(fc.constantFrom('1', '2', '3')),
    id: fc.stringMatching(/^[a-c]{1,2}$/),
  });
  const lists = fc
    .tuple(
      fc.uniqueArray(position, { selector: (row) => `${row.value}:${row.id}`, maxLength: 20 }),
      directions,
    )
    .map(([all, direction]) => ({
      direction,
      rows: all.toSorted((one, other) => comparePositions(one, other, direction)),
    }));

  it('gives the whole list once, page by page, either way', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 6 }), ({ rows: all, direction }, take) => {
        const page = (request: Omit<PageRequest, 'take'>) =>
          slicePage(all, { take, ...request }, itself, direction);
        const forwards: Page<Position>[] = [page({ direction: 'FORWARD', after: null, before: null })];
        while (forwards.at(-1)?.hasNext && forwards.length <= all.length)
          forwards.push(
            page({ direction: 'FORWARD', after: forwards.at(-1)?.rows.at(-1) ?? null, before: null }),
          );
        const backwards: Page<Position>[] = [page({ direction: 'BACKWARD', after: null, before: null })];
        while (backwards[0]?.hasPrevious && backwards.length <= all.length)
          backwards.unshift(
            page({ direction: 'BACKWARD', after: null, before: backwards[0].rows[0] ?? null }),
          );
        for (const pages of [forwards, backwards]) {
          expect(pages.flatMap((one) => one.rows)).toStrictEqual(all);
          expect(pages.map((one) => one.hasPrevious)).toStrictEqual(pages.map((_one, index) => index > 0));
          expect(pages.map((one) => one.hasNext)).toStrictEqual(
            pages.map((_one, index) => index < pages.length - 1),
          );
        }
      }),
    );
  });

  it('gives what lies strictly between two places, wherever they are', () => {
    fc.assert(
      fc.property(lists, position, position, ({ rows: all, direction }, one, other) => {
        const request: PageRequest = { take: 100, direction: 'FORWARD', after: one, before: other };
        const between = all.filter(
          (row) => comparePositions(row, one, direction) > 0 && comparePositions(row, other, direction) < 0,
        );
        expect(slicePage(all, request, itself, direction).rows).toStrictEqual(between);
        expect(slicePage(all, { ...request, direction: 'BACKWARD' }, itself, direction).rows).toStrictEqual(
          between,
        );
      }),
    );
  });
});
