import { expect, test } from 'vitest';

import { Rhythm } from './rhythm.ts';

test('beats every 10,000 records, and every 10 seconds where they come slowly, with their pace since the last beat', () => {
  let nowMs = 500;
  const rhythm = new Rhythm(() => nowMs);
  nowMs += 1000;
  expect(rhythm.beat(9_999)).toBeNull();
  nowMs += 1000;
  expect(rhythm.beat(10_000)).toBe(5000);
  expect(rhythm.beat(10_001)).toBeNull();
  nowMs += 10_000;
  expect(rhythm.beat(10_100)).toBe(10);
  expect(rhythm.durationMs).toBe(12_000);
});
