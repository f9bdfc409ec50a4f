import { expect, test } from 'vitest';

import { SourceError } from '#upstream/source-error';

import { Backoff } from './backoff.ts';

function failing(retryAfterMs: number | null): SourceError {
  return new SourceError('SOURCE_UNREACHABLE', 'The source is away.', { retryAfterMs });
}

test('doubles from a second to a minute, and starts over once the source answers', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 8 }, () => backoff.failed(failing(null)));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  backoff.succeeded();
  expect(backoff.failed(failing(null))).toBe(1000);
});

test('waits as long as the source asks for, up to an hour', () => {
  const backoff = new Backoff();
  expect(backoff.failed(failing(90_000))).toBe(90_000);
  expect(backoff.failed(failing(251_607_002_159_371))).toBe(3_600_000);
});

test('a wait that the source asks for always fits into what clients are told', () => {
  expect(failing(251_607_002_159_371).retryAfterMs).toBe(2 ** 31 - 1);
});
