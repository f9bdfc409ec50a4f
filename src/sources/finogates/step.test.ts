import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MAX_LIMIT } from './endpoints.ts';
import { START, type Stand } from './position.ts';
import { stepFrom } from './step.ts';

const change = fc.record({
  where: fc.double({ min: 0, max: 1, noNaN: true }),
  rows: fc.integer({ min: -90, max: 90 }),
});

/** Reads a list to its end while it changes by one entry of `changes` after each page. */
function scan(list: string[], changes: readonly { where: number; rows: number }[], limit: number) {
  const seen = new Set<string>();
  let incomplete = false;
  let pages = 0;
  let stand: Stand | null = START;
  while (stand !== null) {
    const ids = list.slice(stand.offset, stand.offset + limit);
    for (const id of ids) seen.add(id);
    const step = stepFrom(stand, { ids, rowCount: list.length });
    incomplete ||= step.incomplete;
    stand = step.next;
    const { where, rows } = changes[pages] ?? { where: 0, rows: 0 };
    const at = Math.floor(where * list.length);
    const added = Array.from({ length: Math.max(0, rows) }, (_, index) => `new${pages}-${index}`);
    list.splice(at, Math.max(0, -rows), ...added);
    pages += 1;
    if (pages > 2000) throw new Error('The scan does not end.');
  }
  return { seen, incomplete, pages };
}

test('wherever rows come and go, a row that stays is seen, or the scan says that it is incomplete', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1500 }),
      fc.array(change, { maxLength: 30 }),
      fc.constantFrom(MAX_LIMIT, 100, 45),
      (count, changes, limit) => {
        const before = Array.from({ length: count }, (_, index) => `r${index}`);
        const list = [...before];
        const { seen, incomplete } = scan(list, changes, limit);
        const lost = list.filter((id) => id.startsWith('r') && !seen.has(id));
        expect(incomplete ? [] : lost).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('under few changes it is complete', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1500 }), fc.array(change, { maxLength: 5 }), (count, changes) => {
      const list = Array.from({ length: count }, (_, index) => `r${index}`);
      expect(scan(list, changes, MAX_LIMIT).incomplete).toBe(false);
    }),
    { numRuns: 300 },
  );
});
