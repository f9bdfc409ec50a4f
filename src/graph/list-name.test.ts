import { describe, expect, it } from 'vitest';

import { listName } from './list-name.ts';

const list = {
  connection: 'checks',
  parent: null,
  filter: { kinds: ['A', 'B'], userId: 'u' },
  order: { by: 'x' },
};

describe('the name of a list', () => {
  it('is the same however the same filter is written', () => {
    const again = { ...list, filter: { userId: 'u', kinds: ['B', 'A', 'B'] } };
    expect(listName(again)).toBe(listName(list));
  });

  it.each([
    ['connection', { connection: 'kycRecords' }],
    ['parent', { parent: 'a user' }],
    ['filter', { filter: { kinds: ['A'], userId: 'u' } }],
    ['field of the filter', { filter: { kinds: ['A', 'B'], externalId: 'u' } }],
    ['order', { order: { by: 'y' } }],
    ['no order', { order: null }],
  ])('differs by %s', (_what, other) => {
    expect(listName({ ...list, ...other })).not.toBe(listName(list));
  });
});
