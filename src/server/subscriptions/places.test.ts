import { expect, test } from 'vitest';

import { CallerPlaces } from './places.ts';

const ann = { kind: 'ANALYST', subject: 'ann' } as const;

test('a caller has so many places and no more, whatever others have', () => {
  const places = new CallerPlaces(2);
  const [first, second, third] = [places.placeFor(ann), places.placeFor(ann), places.placeFor(ann)];
  expect([first.take(), second.take(), third.take()]).toEqual([true, true, false]);
  expect(places.placeFor({ kind: 'PARTNER', subject: 'ann' }).take()).toBe(true);
  first.release();
  expect(third.take()).toBe(true);
});

test('a place is taken once and given back once', () => {
  const places = new CallerPlaces(1);
  const place = places.placeFor(ann);
  expect([place.take(), place.take()]).toEqual([true, true]);
  place.release();
  place.release();
  expect(place.take()).toBe(false);
  const [one, other] = [places.placeFor(ann), places.placeFor(ann)];
  expect([one.take(), other.take()]).toEqual([true, false]);
});

test('a place that was given back before it was taken stays empty', () => {
  const places = new CallerPlaces(1);
  const place = places.placeFor(ann);
  place.release();
  expect(place.take()).toBe(false);
  expect(places.placeFor(ann).take()).toBe(true);
});
