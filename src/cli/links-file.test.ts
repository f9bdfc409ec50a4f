import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import type { Instant } from '#kyc/instant';
import { sourceId } from '#kyc/source-id';

import { CsvFileError } from './csv-file.ts';
import { headerOf, lineOf, parseHeader, parseLine } from './links-file.ts';

const SOURCES = ['ALPHA', 'BETA'].map(sourceId);
const [ALPHA, BETA] = SOURCES as [(typeof SOURCES)[number], (typeof SOURCES)[number]];

const value = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('\\', '|', ',', '"', '\n', ' ', 'a') }),
);

describe('a line', () => {
  it('says again what it was made of, whatever the ids hold', () => {
    const columns = headerOf(SOURCES);
    const person = fc.record({
      userId: value,
      aliases: fc.array(value, { maxLength: 3 }),
      createdAt: fc.constantFrom(
        '2024-02-29T23:59:59.123456789Z',
        '2026-01-01T00:00:00.000000000Z',
      ) as fc.Arbitrary<Instant>,
      identities: fc
        .tuple(fc.array(value, { maxLength: 3 }), fc.array(value, { maxLength: 3 }))
        .map((lists) =>
          lists.flatMap((ids, at) =>
            ids.map((externalId) => ({ source: at === 0 ? ALPHA : BETA, externalId })),
          ),
        ),
    });
    fc.assert(
      fc.property(person, (said) => {
        expect(parseLine(lineOf(said, columns), columns)).toEqual(said);
      }),
    );
  });

  it('needs no more than identities, in the order of its header', () => {
    const columns = parseHeader(['BETA', 'ALPHA'], SOURCES);
    expect(parseLine(['b1|b2', ''], columns)).toEqual({
      identities: ['b1', 'b2'].map((externalId) => ({ source: BETA, externalId })),
      userId: null,
      aliases: [],
      createdAt: null,
    });
  });

  it.each([
    ['too few cells', ['a']],
    ['too many', ['a', 'b', '', '', '']],
    ['an empty value', ['a||b', '', '', '']],
    ['a value that ends in nothing', ['a|', '', '', '']],
    ['a \\ before a letter', ['a\\b', '', '', '']],
    ['a \\ at the end', ['a\\', '', '', '']],
    ['two user ids', ['a', `${userId('1')}|${userId('2')}`, '', '']],
    ['a time that is none', ['a', '', '', '2026-02-30T00:00:00Z']],
  ])('is refused with %s, and its values are not repeated', (_what, cells) => {
    const columns = parseHeader(['ALPHA', 'user_id', 'aliases', 'created_at'], SOURCES);
    expect(() => parseLine(cells, columns)).toThrow(CsvFileError);
  });
});

describe('a header', () => {
  it.each([
    ['a name that is no column', ['ALPHA', 'secret-person-7']],
    ['a source of another spelling', ['alpha']],
    ['a column twice', ['ALPHA', 'ALPHA']],
    ['no source', ['user_id', 'aliases']],
  ])('is refused with %s, without repeating it', (_what, cells) => {
    const refuse = () => parseHeader(cells, SOURCES);
    expect(refuse).toThrow(CsvFileError);
    expect(refuse).not.toThrow(/secret-person-7/);
  });
});
