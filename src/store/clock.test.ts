import { expect, it } from 'vitest';

import { type Instant, parseRfc3339 } from '#kyc/instant';

import { createClock } from './clock.ts';

it('gives a later time at each call, also while the clock below stands or steps back a little', () => {
  const times = [
    '2026-01-01T00:00:05Z',
    '2026-01-01T00:00:05Z',
    '2026-01-01T00:00:02Z',
    '2026-01-01T00:00:06Z',
  ];
  expect(readAll(times)).toEqual([
    '2026-01-01T00:00:05.000000000Z',
    '2026-01-01T00:00:05.000000001Z',
    '2026-01-01T00:00:05.000000002Z',
    '2026-01-01T00:00:06.000000000Z',
  ]);
});

it('follows a clock that is set back by more than a minute', () => {
  expect(readAll(['2030-01-01T00:00:00Z', '2026-01-01T00:00:00Z'])).toEqual([
    '2030-01-01T00:00:00.000000000Z',
    '2026-01-01T00:00:00.000000000Z',
  ]);
});

function readAll(times: readonly string[]): Instant[] {
  const instants = times.flatMap((time) => parseRfc3339(time) ?? []);
  const clock = createClock(() => instants.shift() ?? ('' as Instant));
  return times.map(() => clock());
}
