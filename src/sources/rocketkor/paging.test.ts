import { describe, expect, it } from 'vitest';

import { type Answer, advance, type Position, readPosition } from './paging.ts';

const UNSAID = { totalPages: null, totalElements: null, hasNext: null };

/** Walks to the end by what `answer` gives for each page; stops the test when there is no end. */
function walk(answer: (at: Position) => Answer) {
  const pages: number[] = [];
  let position: Position | null = readPosition(null);
  let incomplete: string | null = null;
  while (position !== null) {
    if (pages.length > 1000) throw new Error('The walk does not end.');
    pages.push(position.page);
    // A checkpoint is stored as JSON between two pages.
    const step = advance(readPosition(JSON.parse(JSON.stringify(position))), answer(position));
    position = step.next;
    incomplete = step.incomplete?.code ?? null;
  }
  return { pages, incomplete };
}

/** A list of `total` rows, `size` a page; what it says of itself can be bent. */
function listOf(total: number, size: number, said: Partial<Answer> = {}) {
  return ({ page }: Position): Answer => ({
    firstId: page * size < total ? `row-${page * size}` : null,
    rowCount: Math.max(0, Math.min(size, total - page * size)),
    totalPages: Math.ceil(total / size),
    totalElements: total,
    hasNext: (page + 1) * size < total,
    ...said,
  });
}

describe('a walk over the pages', () => {
  it('ends with the last page', () => {
    expect(walk(listOf(250, 100))).toEqual({ pages: [0, 1, 2], incomplete: null });
  });

  it('ends at once where there is nothing', () => {
    expect(walk(listOf(0, 100))).toEqual({ pages: [0], incomplete: null });
  });

  it('goes by the size that the source clamped to', () => {
    expect(walk(listOf(250, 25)).pages).toHaveLength(10);
  });

  it.each([[true], [false], [null]])('does not listen to hasNext: %j', (hasNext) => {
    expect(walk(listOf(250, 100, { hasNext }))).toEqual({ pages: [0, 1, 2], incomplete: null });
  });

  it('goes on behind totalPages while rows are owed', () => {
    // Counted with the size asked for, given with a smaller one.
    expect(walk(listOf(250, 50, { totalPages: 3 }))).toEqual({ pages: [0, 1, 2, 3, 4], incomplete: null });
  });

  it('ends with an empty page where totalPages or totalElements promise too much', () => {
    expect(walk(listOf(250, 100, { totalPages: 99 })).pages).toEqual([0, 1, 2, 3]);
    expect(walk(listOf(250, 100, { totalElements: 999 })).pages).toEqual([0, 1, 2, 3]);
  });

  it('ends with an empty page where the source says nothing', () => {
    expect(walk(listOf(250, 100, UNSAID))).toEqual({ pages: [0, 1, 2, 3], incomplete: null });
  });

  it('listens to hasNext: false where there are no totals', () => {
    const said = { totalPages: null, totalElements: null };
    expect(walk(listOf(250, 100, said)).pages).toEqual([0, 1, 2]);
  });
});

describe('a source that does not page', () => {
  it('is left with SOURCE_INCOMPLETE when it gives one page for ever', () => {
    const same = { firstId: 'row-0', rowCount: 100, totalPages: 50, totalElements: 5000, hasNext: true };
    expect(walk(() => same)).toEqual({ pages: [0, 1], incomplete: 'SOURCE_INCOMPLETE' });
  });

  it('is left with SOURCE_INCOMPLETE when its pages go round in a circle', () => {
    const circle = ({ page }: Position): Answer => ({
      ...UNSAID,
      firstId: `row-${page < 5 ? page : 5 + (page % 3)}`,
      rowCount: 1,
      hasNext: true,
    });
    const { pages, incomplete } = walk(circle);
    expect(incomplete).toBe('SOURCE_INCOMPLETE');
    expect(pages.length).toBeLessThan(20);
  });

  it('ends when no row of its pages has an id', () => {
    const nameless = { firstId: null, rowCount: 1, totalPages: 4, totalElements: 4, hasNext: true };
    expect(walk(() => nameless).pages).toEqual([0, 1, 2, 3]);
    const uncounted = { ...nameless, totalPages: null, totalElements: null };
    expect(walk(() => uncounted)).toEqual({ pages: [0, 1], incomplete: 'SOURCE_INCOMPLETE' });
  });
});

describe('a checkpoint', () => {
  it('keeps the size of the walk', () => {
    const at = { page: 4, size: 30, seen: 120, first: 'x', anchor: 'y' };
    expect(readPosition(at)).toEqual(at);
  });

  it.each([[null], [{}], [{ page: 'one' }], ['rubbish']])('that says %j is the start', (checkpoint) => {
    expect(readPosition(checkpoint)).toMatchObject({ page: 0, seen: 0 });
  });
});
