import { expect, test } from 'vitest';

import { checkpointOf, placeAfter, placeOf } from './scan-place.ts';

const START = { ahead: true, position: null } as const;

test('a scan that looks ahead goes through the open pages, then through the whole list', () => {
  const second = placeAfter(START, { next: { offset: 3 } });
  expect(second).toEqual({ ahead: true, position: { offset: 3 } });
  const whole = placeAfter({ ahead: true, position: { offset: 3 } }, { next: null });
  expect(whole).toEqual({ ahead: false, position: null });
  expect(placeAfter({ ahead: false, position: null }, { next: null })).toBeNull();
});

test.each([
  { ahead: true, position: { offset: 3, wordIndex: 1 } },
  { ahead: false, position: { offset: 3 } },
  { ahead: false, position: null },
])('a checkpoint of %j is read as it was written', (place) => {
  expect(placeOf(JSON.parse(JSON.stringify(checkpointOf(place))), true)).toEqual(place);
});

test('the end has no checkpoint', () => {
  expect(checkpointOf(null)).toBeNull();
});

test('a scan that no longer looks ahead begins the whole list from its start', () => {
  expect(placeOf({ offset: 3, ahead: true }, false)).toEqual({ ahead: false, position: null });
  expect(placeOf(null, false)).toEqual({ ahead: false, position: null });
});
