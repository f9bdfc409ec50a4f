import { expect, test } from 'vitest';

import { incomplete } from './source-report.ts';
import { joinStandings, NOT_APPLICABLE, type Standing, standingOfScan } from './standing.ts';
import { may } from './testing/contributions.ts';

const [lacking, late, gone] = ['lacking', 'late', 'gone'].map(incomplete);
const complete: Standing = { state: 'COMPLETE', asOf: may(4), error: null };
const partial: Standing = { state: 'PARTIAL', asOf: may(3), error: lacking ?? null };
const stale: Standing = { state: 'STALE', asOf: may(2), error: late ?? null };
const unavailable: Standing = { state: 'UNAVAILABLE', asOf: null, error: gone ?? null };

test.each<[string, readonly Standing[], Standing]>([
  ['nobody', [], NOT_APPLICABLE],
  ['one', [stale], stale],
  ['all that gave nothing', [unavailable, unavailable], unavailable],
  ['some that gave nothing', [complete, unavailable], { ...unavailable, state: 'PARTIAL', asOf: may(4) }],
  ['a stale and a complete one', [complete, stale], stale],
  ['a stale and a partial one', [stale, partial], { ...partial, asOf: may(2) }],
  ['one of no known time', [complete, { ...partial, asOf: null }], { ...partial, asOf: null }],
])('%s make one report, whose error is of the part that decided', (_name, parts, joined) => {
  expect(joinStandings(parts)).toEqual(joined);
  expect(joinStandings(parts.toReversed())).toEqual(joined);
});

test('a scan is complete up to twice its interval, and stale from then on', () => {
  const dayMs = 86_400_000;
  const scan = { asOf: may(1), failure: null };
  expect(standingOfScan(scan, { at: may(3), scanEveryMs: dayMs })).toEqual({
    state: 'COMPLETE',
    asOf: may(1),
    error: null,
  });
  expect(standingOfScan(scan, { at: may(3), scanEveryMs: dayMs - 1 })).toMatchObject({
    state: 'STALE',
    asOf: may(1),
    error: { code: 'SOURCE_INCOMPLETE' },
  });
  const failing = standingOfScan({ ...scan, failure: late ?? null }, { at: may(4), scanEveryMs: dayMs });
  expect(failing.error).toEqual(late);
});
