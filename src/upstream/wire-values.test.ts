import { describe, expect, test } from 'vitest';
import type { z } from 'zod';

import {
  wireBoolean,
  wireCount,
  wireDay,
  wireEpochMilliseconds,
  wireEpochSeconds,
  wireId,
  wireList,
  wireObject,
  wireReference,
  wireRfc3339,
  wireText,
} from './wire-values.ts';

const read = (schema: z.ZodType, value: unknown) => {
  const result = schema.safeParse(value);
  return result.success ? result.data : result.error.issues.map(({ message }) => message).join();
};

test.each([
  ['text', wireText],
  ['reference', wireReference],
  ['time', wireRfc3339],
  ['day', wireDay],
  ['seconds', wireEpochSeconds],
  ['milliseconds', wireEpochMilliseconds],
  ['boolean', wireBoolean],
  ['object', wireObject],
] as const)('%s: absent and null are null', (_name, schema) => {
  expect(read(schema, undefined)).toBeNull();
  expect(read(schema, null)).toBeNull();
});

test.each([wireText, wireReference, wireRfc3339, wireDay])('an empty text is null', (schema) => {
  expect(read(schema, '')).toBeNull();
});

describe('text', () => {
  test.each(['a', ' ', '__proto__', 'ü😀', '0', 'x'.repeat(5000)])('"%s" stands verbatim', (text) => {
    expect(read(wireText, text)).toBe(text);
  });

  test.each([['a\u0000b'], ['\ud800'], ['a\udc00'], [7], [true], [['a']], [{}]])('%j is none', (value) => {
    expect(read(wireText, value)).toBe('text');
  });

  test('names of things end at 200 characters', () => {
    const expected = 'id of at most 200 characters';
    for (const schema of [wireId, wireReference]) {
      expect(read(schema, 'x'.repeat(200))).toBe('x'.repeat(200));
      expect(read(schema, 'x'.repeat(201))).toBe(expected);
      expect(read(schema, 'a\u0000')).toBe(expected);
      expect(read(schema, 7)).toBe(expected);
    }
    for (const value of ['', null, undefined]) expect(read(wireId, value)).toBe(expected);
  });
});

test('a text ends at 50,000 characters', () => {
  expect(read(wireText, 'x'.repeat(50_000))).toHaveLength(50_000);
  expect(read(wireText, 'x'.repeat(50_001))).toBe('text of at most 50000 characters');
});

describe('times', () => {
  test.each([
    ['2023-11-07T05:31:56Z', '2023-11-07T05:31:56.000000000Z'],
    ['2023-11-07T05:31:56.123456789Z', '2023-11-07T05:31:56.123456789Z'],
    ['2023-11-07T05:31:56.1+05:30', '2023-11-07T00:01:56.100000000Z'],
    ['2024-02-29t23:59:59-01:00', '2024-03-01T00:59:59.000000000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000000000Z'],
  ])('%s is %s', (text, at) => {
    expect(read(wireRfc3339, text)).toBe(at);
  });

  test.each([
    '2023-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-11-07T24:00:00Z',
    '2023-11-07T05:60:00Z',
    '2023-11-07T05:31:56',
    '2023-11-07',
    '2023-11-07T05:31:56.1234567890Z',
    '2023-11-07T05:31:56+25:00',
    '2023-11-07T05:31:56[UTC]',
    '-000001-01-01T00:00:00Z',
    '0000-01-01T00:00:00+01:00',
    '1699335116',
    '2023-11-07T05:31:56Z\n',
    'now',
  ])('%j is none', (text) => {
    expect(read(wireRfc3339, text)).toBe('RFC 3339 time');
  });

  test('an epoch as a number is not read as RFC 3339', () => {
    expect(read(wireRfc3339, 1_699_335_116)).toBe('RFC 3339 time');
  });

  test.each([
    [0, '1970-01-01T00:00:00.000000000Z'],
    [705_103_200, '1992-05-05T22:00:00.000000000Z'],
    [-1, '1969-12-31T23:59:59.000000000Z'],
    [1.5, '1970-01-01T00:00:01.500000000Z'],
    [1_699_335_116_000, 'time in epoch seconds'],
    [1e300, 'time in epoch seconds'],
    ['705103200', 'time in epoch seconds'],
    [true, 'time in epoch seconds'],
  ])('epoch seconds %j: %s', (value, at) => {
    expect(read(wireEpochSeconds, value)).toBe(at);
  });

  test.each([
    [0, '1970-01-01T00:00:00.000000000Z'],
    [705_103_200, '1970-01-09T03:51:43.200000000Z'],
    [1_699_335_116_789, '2023-11-07T05:31:56.789000000Z'],
    [0.000001, '1970-01-01T00:00:00.000000001Z'],
    ['0', 'time in epoch milliseconds'],
  ])('epoch milliseconds %j: %s', (value, at) => {
    expect(read(wireEpochMilliseconds, value)).toBe(at);
  });

  test.each(['2024-02-29', '0001-01-01', '9999-12-31'])('%s is a day', (day) => {
    expect(read(wireDay, day)).toBe(day);
  });

  test.each([
    '2023-02-29',
    '2023-2-9',
    '2023-00-10',
    '2023-11-07T00:00:00Z',
    '07.11.2023',
    '+002023-01-01',
    20231107,
  ])('%j is no day', (value) => {
    expect(read(wireDay, value)).toBe('day as YYYY-MM-DD');
  });
});

test.each([['true'], [1], [0], ['']])('%j is neither true nor false', (value) => {
  expect(read(wireBoolean, value)).toBe('true or false');
});

test.each([[[]], ['{}'], [1]])('%j is no object', (value) => {
  expect(read(wireObject, value)).toBe('object');
});

test('an absent list is empty, another thing is none', () => {
  const list = wireList(wireText);
  expect([undefined, null, [], ['a', null]].map((value) => read(list, value))).toEqual([
    [],
    [],
    [],
    ['a', null],
  ]);
  expect(read(list, { length: 0 })).toBe('list');
});

test('a list of more than 1,000 items is none, whatever stands in it', () => {
  const list = wireList(wireText);
  expect(read(list, Array(1000).fill('a'))).toHaveLength(1000);
  for (const item of ['a', 7]) expect(read(list, Array(1001).fill(item))).toBe('list of at most 1000 items');
});

test.each([
  [0, 0],
  [2_147_483_647, 2_147_483_647],
  [2_147_483_648, null],
  [-1, null],
  [1.5, null],
  ['7', null],
  [undefined, null],
])('a count of %j is %j', (value, count) => {
  expect(read(wireCount, value)).toBe(count);
});
