import { expect, test } from 'vitest';

import { StoreUnavailableError } from '#store/database';

import { Together } from './together.ts';

/** Work that waits to be let go, and what it was given. */
function held(failing: (items: readonly string[]) => Error | null = () => null) {
  const given: (readonly string[])[] = [];
  const first = Promise.withResolvers<void>();
  const together = new Together<string>(
    async (items) => {
      given.push(items);
      if (given.length === 1) await first.promise;
      const error = failing(items);
      if (error !== null) throw error;
    },
    (item) => item[0] ?? '',
  );
  return { together, given, letGo: first.resolve };
}

test('what comes while the last is under way is done together, but for what has the same key', async () => {
  const { together, given, letGo } = held();
  const all = ['a1', 'b1', 'a2', 'c1', 'a3'].map((item) => together.add(item));
  letGo();
  await Promise.all(all);
  expect(given).toEqual([['a1'], ['b1', 'a2', 'c1'], ['a3']]);
});

test('what fails fails alone', async () => {
  const { together, letGo } = held((items) => (items.includes('b1') ? new RangeError('b1') : null));
  const all = ['a1', 'b1', 'c1'].map((item) => together.add(item));
  letGo();
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(together.add('d1')).resolves.toBeUndefined();
});

test('a store that is away is not asked for each', async () => {
  const { together, given, letGo } = held((items) =>
    items.includes('a1') ? null : new StoreUnavailableError('away'),
  );
  const all = ['a1', 'b1', 'c1', 'd1'].map((item) => together.add(item));
  letGo();
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  expect(given).toHaveLength(2);
});
