import { expect, test } from 'vitest';

import { TextCache } from './text-cache.ts';

test('holds what was asked last, as long as all of it is short enough', () => {
  const cache = new TextCache<number>(10);
  cache.set('aaaa', 1);
  cache.set('bbbb', 2);
  expect(cache.get('aaaa')).toBe(1);
  cache.set('cccc', 3);
  expect(['aaaa', 'bbbb', 'cccc'].map((text) => cache.get(text))).toEqual([1, undefined, 3]);
});

test('counts a text that is set again once, and holds none that is too long', () => {
  const cache = new TextCache<number>(10);
  for (let n = 0; n < 9; n += 1) cache.set('aaaa', n);
  cache.set('bbbb', 2);
  expect(cache.get('aaaa')).toBe(8);
  cache.set('c'.repeat(11), 3);
  expect(['aaaa', 'bbbb', 'c'.repeat(11)].map((text) => cache.get(text))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  cache.set('dddd', 4);
  expect(cache.get('dddd')).toBe(4);
});
