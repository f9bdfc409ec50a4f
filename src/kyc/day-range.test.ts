import { describe, expect, it } from 'vitest';

import { type DayRange, DayRangeError, rangeOfDays } from './day-range.ts';
import { type Day, millisecondsBetween } from './instant.ts';
import { parseTimeZone } from './time-zone.ts';

function days(from: string | null, to: string | null, timeZone: string | null): DayRange {
  return { from: from as Day | null, to: to as Day | null, timeZone };
}

describe('parseTimeZone', () => {
  it.each([
    ['Z', 'UTC'],
    ['z', 'UTC'],
    ['UTC', 'UTC'],
    ['GMT', 'UTC'],
    ['+2', '+02:00'],
    ['-5', '-05:00'],
    ['+02', '+02:00'],
    ['-05:30', '-05:30'],
    ['+5:45', '+05:45'],
    ['UTC+1', '+01:00'],
    ['GMT-3', '-03:00'],
    ['UTC+09:30', '+09:30'],
    ['gmt+0', '+00:00'],
    ['-0', '-00:00'],
    ['+23:59', '+23:59'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Etc/GMT+1', 'Etc/GMT+1'],
  ])('reads %s as %s', (text, zone) => {
    expect(parseTimeZone(text)).toBe(zone);
  });

  it.each([
    '',
    ' ',
    'UTC ',
    'Mars/Olympus',
    'Berlin',
    'constructor',
    '__proto__',
    '+',
    '2',
    '+24',
    '+123',
    '+0530',
    '+5:3',
    '+05:60',
    '+05:30:00',
    '++2',
    'UTC2',
    'UT+1',
    'Etc/GMT+99',
    '-05:30\n',
    'T1200Z',
    '2024-01-01T00:00:00Z',
    '2024-01-01T00:00:00+01:00[Europe/Berlin]',
    '[Europe/Berlin]',
    'Europe/Berlin\u0000',
    '../etc/passwd',
    'x'.repeat(10_000),
  ])('refuses %j', (text) => {
    expect(parseTimeZone(text)).toBeNull();
  });
});

describe('rangeOfDays', () => {
  it.each([
    ['one day of UTC', days('2024-06-01', '2024-06-01', null), '2024-06-01T00', '2024-06-02T00'],
    ['days of an offset', days('2024-06-01', '2024-06-02', '+2'), '2024-05-31T22', '2024-06-02T22'],
    ['days behind UTC', days('2024-06-01', '2024-06-01', 'GMT-3'), '2024-06-01T03', '2024-06-02T03'],
    ['a leap day', days('2024-02-29', '2024-02-29', 'Z'), '2024-02-29T00', '2024-03-01T00'],
    [
      'a day of 23 hours',
      days('2024-03-31', '2024-03-31', 'Europe/Berlin'),
      '2024-03-30T23',
      '2024-03-31T22',
    ],
    [
      'a day of 25 hours',
      days('2024-10-27', '2024-10-27', 'Europe/Berlin'),
      '2024-10-26T22',
      '2024-10-27T23',
    ],
    [
      'a day without midnight',
      days('2018-11-04', '2018-11-04', 'America/Sao_Paulo'),
      '2018-11-04T03',
      '2018-11-05T02',
    ],
    [
      'a day that was left out',
      days('2011-12-30', '2011-12-30', 'Pacific/Apia'),
      '2011-12-30T10',
      '2011-12-30T10',
    ],
  ])('reads %s', (_what, range, from, before) => {
    expect(rangeOfDays(range)).toStrictEqual({
      from: `${from}:00:00.000000000Z`,
      before: `${before}:00:00.000000000Z`,
    });
  });

  it.each([
    ['2024-03-31', 23],
    ['2024-04-01', 24],
    ['2024-10-27', 25],
  ])('counts the hours of %s in Berlin: %i', (day, hours) => {
    const { from, before } = rangeOfDays(days(day, day, 'Europe/Berlin'));
    expect(from !== null && before !== null && millisecondsBetween(from, before)).toBe(hours * 3_600_000);
  });

  it('leaves an end open that is not given', () => {
    expect(rangeOfDays(days(null, null, null))).toStrictEqual({ from: null, before: null });
    expect(rangeOfDays(days('2024-06-01', null, null))).toMatchObject({ before: null });
    expect(rangeOfDays(days(null, '2024-06-01', null))).toMatchObject({ from: null });
  });

  it('leaves an end open that lies beyond all instants', () => {
    expect(rangeOfDays(days('0000-01-01', '9999-12-31', '+2'))).toStrictEqual({
      from: null,
      before: '9999-12-31T22:00:00.000000000Z',
    });
    expect(rangeOfDays(days('0000-01-01', '9999-12-31', '-2'))).toStrictEqual({
      from: '0000-01-01T02:00:00.000000000Z',
      before: null,
    });
  });

  it.each([
    ['an unknown zone', days('2024-06-01', null, 'Mars/Olympus')],
    ['an empty zone', days('2024-06-01', null, '')],
    ['an unknown zone of no days', days(null, null, 'Mars/Olympus')],
    ['a range the wrong way round', days('2024-06-02', '2024-06-01', null)],
  ])('refuses %s without repeating what was given', (_what, range) => {
    expect(() => rangeOfDays(range)).toThrow(DayRangeError);
    expect(() => rangeOfDays(range)).toThrow(RangeError);
    expect(() => rangeOfDays(range)).not.toThrow(/Mars|2024/);
  });
});
