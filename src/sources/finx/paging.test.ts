import { describe, expect, it } from 'vitest';

import {
  type Answer,
  advance,
  advanceRefused,
  HIGHEST_LIMIT,
  type Position,
  readPosition,
} from './paging.ts';

type Asked = Pick<Position, 'after' | 'limit'>;

/** Walks a list to its end by what `answer` gives for each request; stops the test when there is no end. */
function walk(answer: (asked: Asked) => Answer) {
  const asked: Asked[] = [];
  const given = new Set<string>();
  let position: Position | null = readPosition(null);
  let incomplete: string | null = null;
  while (position !== null) {
    if (asked.length > 1000) throw new Error('The walk does not end.');
    const { after, limit }: Asked = position;
    asked.push({ after, limit });
    const answered = answer({ after, limit });
    for (const id of answered.ids) given.add(id);
    // A checkpoint is stored as JSON between two pages.
    const step = advance(readPosition(JSON.parse(JSON.stringify(position))), answered);
    position = step.next;
    incomplete = step.incomplete?.code ?? null;
  }
  return { asked, given: given.size, incomplete };
}

const list = Array.from({ length: 250 }, (_, index) => `row-${index}`);

function page(ids: readonly string[], hasMore: boolean | null): Answer {
  return { ids, rowCount: ids.length, hasMore };
}

function honest({ after, limit }: Asked, clamp = 100): Answer {
  const from = after === null ? 0 : list.indexOf(after) + 1;
  const to = from + Math.min(limit, clamp);
  return page(list.slice(from, to), to < list.length);
}

describe('a source with a cursor', () => {
  it('is read by the last id of each page', () => {
    const { asked, given, incomplete } = walk(honest);
    expect(asked.map(({ after }) => after)).toEqual([null, 'row-99', 'row-199']);
    expect(asked.every(({ limit }) => limit === 100)).toBe(true);
    expect([given, incomplete]).toEqual([250, null]);
  });

  it('is read whole when it clamps the limit', () => {
    const { asked, given, incomplete } = walk((request) => honest(request, 10));
    expect([asked.length, given, incomplete]).toEqual([25, 250, null]);
  });

  it('is read whole when pages repeat the row of the cursor', () => {
    const { given, incomplete } = walk(({ after }) => {
      const from = after === null ? 0 : list.indexOf(after);
      return page(list.slice(from, from + 100), from + 100 < list.length);
    });
    expect([given, incomplete]).toEqual([250, null]);
  });

  it('is read whole and called incomplete when it says for ever that there is more', () => {
    const { given, incomplete } = walk((request) => ({ ...honest(request), hasMore: true }));
    expect([given, incomplete]).toEqual([250, 'SOURCE_INCOMPLETE']);
  });

  it('is complete at the empty page when it never says whether there is more', () => {
    const { given, incomplete } = walk((request) => ({ ...honest(request), hasMore: null }));
    expect([given, incomplete]).toEqual([250, null]);
  });

  it('ends when its pages go round in a circle', () => {
    const circle = new Map([
      [null, 'a'],
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'b'],
    ]);
    const { given, incomplete } = walk(({ after }) => page([circle.get(after) ?? 'a'], true));
    expect([given, incomplete]).toEqual([4, 'SOURCE_INCOMPLETE']);
  });
});

describe('a source that ignores the cursor', () => {
  it('is read by a higher limit', () => {
    const { asked, given, incomplete } = walk(({ limit }) => page(list.slice(0, limit), limit < list.length));
    expect(asked).toEqual([
      { after: null, limit: 100 },
      { after: 'row-99', limit: 100 },
      { after: null, limit: 400 },
    ]);
    expect([given, incomplete]).toEqual([250, null]);
  });

  it('gives what there is and is called incomplete when the limit is clamped too', () => {
    const { asked, given, incomplete } = walk(({ limit }) => page(list.slice(0, Math.min(limit, 100)), true));
    expect([asked.length, given, incomplete]).toEqual([3, 100, 'SOURCE_INCOMPLETE']);
  });

  it('is noticed although a new row has pushed itself in front', () => {
    let calls = 0;
    const { given, incomplete } = walk(({ limit }) => {
      calls += 1;
      const rows = calls === 1 ? list : ['new', ...list];
      return page(rows.slice(0, limit), limit < rows.length);
    });
    expect([given, incomplete]).toEqual([251, null]);
  });

  it('is given up at the highest limit', () => {
    const { asked, incomplete } = walk(({ limit }) => ({
      ids: ['first', 'last'],
      rowCount: limit,
      hasMore: true,
    }));
    expect(asked.at(-1)?.limit).toBe(HIGHEST_LIMIT);
    expect(incomplete).toBe('SOURCE_INCOMPLETE');
  });
});

describe('a source that answers nonsense', () => {
  it('is complete when it is empty', () => {
    expect(walk(() => page([], false))).toEqual({
      asked: [{ after: null, limit: 100 }],
      given: 0,
      incomplete: null,
    });
  });

  it.each([
    ['an empty page that says there is more', page([], true)],
    ['a page on which no row has an id', { ids: [], rowCount: 3, hasMore: true }],
    ['one page for ever', page(['a', 'b'], true)],
    ['one row for ever', page(['a'], true)],
    ['one row twice for ever', page(['a', 'a'], true)],
  ])('is left with SOURCE_INCOMPLETE: %s', (_, answer) => {
    const { asked, incomplete } = walk(() => answer);
    expect(incomplete).toBe('SOURCE_INCOMPLETE');
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it('is asked with a higher limit when it refuses the cursor, and left when it refuses that too', () => {
    const second = advance(readPosition(null), page(['a', 'b'], true)).next;
    if (second === null) throw new Error('The list has more.');
    const third = advanceRefused(second).next;
    expect(third).toMatchObject({ after: null, limit: 400 });
    if (third === null) throw new Error('A higher limit was not tried.');
    expect(advanceRefused(third)).toMatchObject({ next: null, incomplete: { code: 'SOURCE_INCOMPLETE' } });
  });
});

describe('a checkpoint', () => {
  it.each([[null], [{}], [{ after: 5 }], ['rubbish']])('that says %j is the start', (checkpoint) => {
    expect(readPosition(checkpoint)).toMatchObject({ after: null, limit: 100, pages: 0 });
  });
});
