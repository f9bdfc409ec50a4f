import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  addDays,
  addMilliseconds,
  type Day,
  dayOf,
  fromEpochMilliseconds,
  fromEpochSeconds,
  type Instant,
  latest,
  millisecondsBetween,
  now,
  parseDay,
  parseRfc3339,
  secondsBetween,
  startOfDay,
  toDateTime,
} from './instant.ts';

const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

function instant(text: string): Instant {
  const at = parseRfc3339(text);
  if (at === null) throw new TypeError('The test names no instant.');
  return at;
}

function day(text: string): Day {
  const read = parseDay(text);
  if (read === null) throw new TypeError('The test names no day.');
  return read;
}

describe('parseRfc3339', () => {
  it.each([
    ['2019-08-24T14:15:22Z', '2019-08-24T14:15:22.000000000Z'],
    ['2019-08-24t14:15:22z', '2019-08-24T14:15:22.000000000Z'],
    ['2019-08-24 14:15:22Z', '2019-08-24T14:15:22.000000000Z'],
    ['2021-11-19T13:06:57.820371265Z', '2021-11-19T13:06:57.820371265Z'],
    ['2021-11-19T13:06:57.8Z', '2021-11-19T13:06:57.800000000Z'],
    ['2024-01-01T00:30:00+05:30', '2023-12-31T19:00:00.000000000Z'],
    ['2024-01-01T00:30:00.5-09:30', '2024-01-01T10:00:00.500000000Z'],
    ['2024-01-01T00:00:00-00:00', '2024-01-01T00:00:00.000000000Z'],
    ['2024-01-01T00:00:00+23:59', '2023-12-31T00:01:00.000000000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000000000Z'],
    ['2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000000000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000000000Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['1969-12-31T23:59:59.9Z', '1969-12-31T23:59:59.900000000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999999999Z'],
    ['2016-12-31T23:59:60.25Z', '2016-12-31T23:59:59.999999999Z'],
    ['2017-01-01T08:59:60+09:00', '2016-12-31T23:59:59.999999999Z'],
    ['2012-06-30t23:59:60z', '2012-06-30T23:59:59.999999999Z'],
  ])('reads %s as %s', (text, at) => {
    expect(parseRfc3339(text)).toBe(at);
  });

  it.each([
    ['2023-02-30T00:00:00Z', 'a day that never was'],
    ['2023-02-29T00:00:00Z', 'no leap year'],
    ['1900-02-29T00:00:00Z', 'no leap year either'],
    ['2023-00-10T00:00:00Z', 'month 0'],
    ['2023-13-10T00:00:00Z', 'month 13'],
    ['2023-01-00T00:00:00Z', 'day 0'],
    ['2023-01-01T24:00:00Z', 'hour 24'],
    ['2023-01-01T25:00:00Z', 'hour 25'],
    ['2023-01-01T00:60:00Z', 'minute 60'],
    ['2023-01-01T00:00:61Z', 'second 61'],
    ['2023-01-01T12:00:60Z', 'second 60 where no leap second can be'],
    ['2016-12-31T23:59:60+01:00', 'second 60 of local midnight alone'],
    ['2023-03-31T23:59:60Z', 'second 60 in March'],
    ['2023-01-01T00:00:00+24:00', 'offset of a day'],
    ['2023-01-01T00:00:00+01:60', 'offset of 60 minutes'],
    ['2023-01-01T00:00:00+0100', 'offset without colon'],
    ['2023-01-01T00:00:00+01', 'offset of hours alone'],
    ['2023-01-01T00:00:00', 'no offset'],
    ['2023-01-01T00:00Z', 'no seconds'],
    ['2023-01-01T00:00:00,5Z', 'a comma'],
    ['2023-01-01T00:00:00.Z', 'an empty fraction'],
    ['2023-01-01T00:00:00.1234567891Z', 'ten digits'],
    ['2023-01-01', 'a day alone'],
    ['20230101T000000Z', 'the basic form'],
    ['+002023-01-01T00:00:00Z', 'six digits of year'],
    ['-000001-01-01T00:00:00Z', 'a year before 0'],
    ['0000-01-01T00:00:00+00:01', 'an offset that leaves year 0'],
    ['9999-12-31T23:59:59-00:01', 'an offset that leaves year 9999'],
    ['2023-01-01T00:00:00Z[UTC]', 'an annotation'],
    [' 2023-01-01T00:00:00Z', 'space before'],
    ['2023-01-01T00:00:00Z\n', 'a line end'],
    ['٢٠٢٣-01-01T00:00:00Z', 'other digits'],
    ['1700000000', 'a number'],
    ['', 'nothing'],
  ])('refuses %j: %s', (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });

  it('orders by all nine digits and whatever the offset, as text', () => {
    const texts = [
      '2024-01-01T01:00:00.000000001+01:00',
      '2024-01-01T00:00:00Z',
      '2023-12-31T23:00:00.1-01:00',
    ];
    expect(texts.map(instant).toSorted()).toStrictEqual([
      '2024-01-01T00:00:00.000000000Z',
      '2024-01-01T00:00:00.000000001Z',
      '2024-01-01T00:00:00.100000000Z',
    ]);
  });
});

describe('epoch times', () => {
  it.each([
    [705103200, '1992-05-05T22:00:00.000000000Z'],
    [0, '1970-01-01T00:00:00.000000000Z'],
    [-0, '1970-01-01T00:00:00.000000000Z'],
    [-1, '1969-12-31T23:59:59.000000000Z'],
    [1.001, '1970-01-01T00:00:01.001000000Z'],
    [-0.5, '1969-12-31T23:59:59.500000000Z'],
    [1700000000.123456, '2023-11-14T22:13:20.123456000Z'],
    [253402300799, '9999-12-31T23:59:59.000000000Z'],
  ])('reads %d seconds as %s', (value, at) => {
    expect(fromEpochSeconds(value)).toBe(at);
  });

  it.each([
    [705103200, '1970-01-09T03:51:43.200000000Z'],
    [0, '1970-01-01T00:00:00.000000000Z'],
    [-1, '1969-12-31T23:59:59.999000000Z'],
    [1704067200000, '2024-01-01T00:00:00.000000000Z'],
    [1700000000123.456, '2023-11-14T22:13:20.123456000Z'],
    [0.9999999, '1970-01-01T00:00:00.000999999Z'],
    [1e-7, '1970-01-01T00:00:00.000000000Z'],
    [-0.25, '1969-12-31T23:59:59.999750000Z'],
  ])('reads %d milliseconds as %s', (value, at) => {
    expect(fromEpochMilliseconds(value)).toBe(at);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -Infinity, 1e300, Number.MAX_SAFE_INTEGER * 1000, -1e14])(
    'refuses %d',
    (value) => {
      expect(fromEpochMilliseconds(value)).toBeNull();
      expect(fromEpochSeconds(value)).toBeNull();
    },
  );

  it('refuses a year beyond 9999', () => {
    expect(fromEpochSeconds(253402300800)).toBeNull();
    expect(fromEpochMilliseconds(253402300800000)).toBeNull();
  });

  it('agrees with the text of the same instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const at = fromEpochMilliseconds(date.getTime());
          expect(at).toMatch(FORM);
          expect(at).toBe(parseRfc3339(date.toISOString()));
          expect(at).toBe(fromEpochSeconds(date.getTime() / 1000));
          expect(at === null ? null : toDateTime(at)).toBe(date.toISOString());
        },
      ),
    );
  });
});

describe('days', () => {
  it.each(['2024-02-29', '0000-01-01', '9999-12-31'])('reads %s', (text) => {
    expect(parseDay(text)).toBe(text);
  });

  it.each([
    '2023-02-30',
    '2023-02-29',
    '2023-1-1',
    '20230101',
    '2023-01-01T00:00:00Z',
    '+002023-01-01',
    '',
    ' ',
  ])('refuses %j', (text) => {
    expect(parseDay(text)).toBeNull();
  });

  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-01-01', -1, '2023-12-31'],
    ['9999-12-31', 1, '9999-12-31'],
    ['0000-01-01', -1, '0000-01-01'],
  ])('moves %s by %i to %s, never out of four digits', (from, days, to) => {
    expect(addDays(day(from), days)).toBe(to);
  });

  it('is the UTC day of an instant', () => {
    expect(dayOf(instant('2024-01-01T00:30:00+01:00'))).toBe('2023-12-31');
  });

  it.each([
    ['2024-03-31', 'Europe/Berlin', '2024-03-30T23:00:00.000000000Z'],
    ['2024-04-01', 'Europe/Berlin', '2024-03-31T22:00:00.000000000Z'],
    ['0000-01-01', '+05:00', '0000-01-01T00:00:00.000000000Z'],
  ])('starts %s in %s at %s', (text, zone, at) => {
    expect(startOfDay(day(text), zone)).toBe(at);
  });
});

describe('instants', () => {
  it('cuts to milliseconds for clients and never rounds up', () => {
    expect(toDateTime(instant('2021-11-19T13:06:57.999999999Z'))).toBe('2021-11-19T13:06:57.999Z');
  });

  it.each([
    ['2024-01-01T00:00:00.000000001Z', -1, '2023-12-31T23:59:59.999000001Z'],
    ['9999-12-31T23:59:59Z', 5000, '9999-12-31T23:59:59.999999999Z'],
    ['0000-01-01T00:00:00Z', -1, '0000-01-01T00:00:00.000000000Z'],
  ])('moves %s by %i ms to %s', (from, ms, to) => {
    expect(addMilliseconds(instant(from), ms)).toBe(to);
  });

  it('counts the milliseconds between two', () => {
    const [one, other] = [instant('2024-01-01T00:00:00Z'), instant('2024-01-01T00:00:01.5Z')];
    expect(millisecondsBetween(one, other)).toBe(1500);
    expect(millisecondsBetween(other, one)).toBe(-1500);
  });

  it('takes any instant as later than none', () => {
    const [one, other] = [instant('2024-01-01T00:00:00Z'), instant('2024-01-01T00:00:00.000000001Z')];
    expect(latest(one, other)).toBe(other);
    expect(latest(other, one)).toBe(other);
    expect(latest(null, one)).toBe(one);
    expect(latest(one, null)).toBe(one);
    expect(latest(null, null)).toBeNull();
  });

  it('has the present in the same width', () => {
    expect(now()).toMatch(FORM);
  });
});

describe('secondsBetween', () => {
  it('counts all digits, in years that nobody lived in too, and backwards', () => {
    const at = (text: string) => parseRfc3339(text) ?? FIRST;
    const FIRST = '0000-01-01T00:00:00.000000000Z' as Instant;
    expect(secondsBetween(at('2026-01-01T00:00:00.000000001Z'), at('2026-01-01T00:00:01Z'))).toBe(
      0.999999999,
    );
    expect(secondsBetween(at('2026-01-01T00:00:01.5Z'), at('2026-01-01T00:00:00.25Z'))).toBe(-1.25);
    expect(secondsBetween(FIRST, at('9999-12-31T23:59:59Z'))).toBe(315_569_519_999);
  });
});
