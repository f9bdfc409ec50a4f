import { GraphQLError, isScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';

import { createFakeContext, schema } from './testing/fake-context.ts';
import { at, kycRecord } from './testing/records.ts';

function parse(scalar: string, value: unknown): unknown {
  const type = schema.getType(scalar);
  if (!isScalarType(type)) throw new TypeError('No scalar.');
  return type.coerceInputValue(value);
}

function refusalOf(scalar: string, value: unknown): GraphQLError | null {
  try {
    parse(scalar, value);
    return null;
  } catch (error) {
    return error instanceof GraphQLError ? error : null;
  }
}

describe('DateTime', () => {
  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000000000Z'],
    ['2026-03-01t12:00:00.123456789z', '2026-03-01T12:00:00.123456789Z'],
    ['2026-03-01T12:00:00.5+05:30', '2026-03-01T06:30:00.500000000Z'],
    ['2026-03-01T00:30:00-12:00', '2026-03-01T12:30:00.000000000Z'],
  ])('reads %s', (text, instant) => {
    expect(parse('DateTime', text)).toBe(instant);
  });

  it.each([
    '2026-03-01',
    '2026-03-01T12:00:00',
    '2026-02-30T12:00:00Z',
    '2026-03-01T12:00:00.1234567891Z',
    '2026-03-01T12:00:00Z[Europe/Berlin]',
    '2026-03-01T12:00:00+99:99',
    'secret',
    '',
    1_772_366_400,
    true,
    {},
    null,
  ])('refuses %j as BAD_USER_INPUT without repeating it', (value) => {
    const refusal = refusalOf('DateTime', value);
    expect(refusal?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(refusal?.message).not.toContain('secret');
  });

  it('is given with its fraction cut to milliseconds', async () => {
    const known = kycRecord('1', { decidedAt: at('2026-03-01T12:00:00.999999999Z') });
    const { ask } = createFakeContext({ verifications: [known] });
    const { data } = await ask('{ kycRecords { nodes { decidedAt updatedAt } } }');
    expect(data.kycRecords.nodes).toEqual([{ decidedAt: '2026-03-01T12:00:00.999Z', updatedAt: null }]);
  });

  it('keeps nanoseconds when it filters', async () => {
    const known = kycRecord('1', { decidedAt: at('2026-03-01T12:00:00.000000002Z') });
    const { ask } = createFakeContext({ verifications: [known] });
    const { data } = await ask(`{
      in: kycRecords(filter: { decidedAt: { before: "2026-03-01T12:00:00.000000003Z" } }) { totalCount }
      out: kycRecords(filter: { decidedAt: { before: "2026-03-01T12:00:00.000000002Z" } }) { totalCount }
    }`);
    expect(data).toEqual({ in: { totalCount: 1 }, out: { totalCount: 0 } });
  });
});

describe('Date', () => {
  it('reads a day that exists', () => {
    expect(parse('Date', '2024-02-29')).toBe('2024-02-29');
  });

  it.each(['2026-02-29', '2026-3-1', '2026-03-01T00:00:00Z', 'secret', '', 20_260_301, [], null])(
    'refuses %j as BAD_USER_INPUT without repeating it',
    (value) => {
      const refusal = refusalOf('Date', value);
      expect(refusal?.extensions['code']).toBe('BAD_USER_INPUT');
      expect(refusal?.message).not.toContain('secret');
    },
  );
});

it('tells of a wrong variable without its value, as BAD_USER_INPUT', async () => {
  const { ask, calls } = createFakeContext();
  const { errors } = await ask(
    'query Q($range: DateTimeRange) { kycRecords(filter: { decidedAt: $range }) { totalCount } }',
    { range: { from: 'secret' } },
  );
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
  expect(errors[0]?.message).not.toContain('secret');
  expect(calls).toEqual([]);
});
