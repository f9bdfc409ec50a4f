import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { parseRow } from './parse-row.ts';
import {
  wireDay,
  wireId,
  wireList,
  wireObject,
  wireReference,
  wireRfc3339,
  wireText,
} from './wire-values.ts';

const document = z.object({
  id: wireId,
  number: wireText,
  on: wireDay,
  images: wireList(z.string({ error: 'text' })),
});
const row = z.object({
  id: wireId,
  name: wireText,
  at: wireRfc3339,
  vendor: z.object({ code: wireText }, { error: 'object' }).nullish(),
  documents: wireList(document),
});
const whole = {
  id: 'r1',
  name: 'n',
  at: '2023-11-07T05:31:56Z',
  vendor: { code: 'c' },
  documents: [{ id: 'd1', number: '1', on: '2024-02-29', images: ['a', 'b'] }],
};
const paths = (value: unknown) => parseRow(row, value)?.faults.map(({ path }) => path);

describe('a row', () => {
  test('without a fault is read as it is', () => {
    expect(parseRow(row, whole)).toEqual({
      row: { ...whole, at: '2023-11-07T05:31:56.000000000Z' },
      faults: [],
    });
  });

  test('keeps the other fields when several are wrong, and names each', () => {
    const read = parseRow(row, { ...whole, name: 7, at: '2023-02-30T00:00:00Z' });
    expect(read?.row).toMatchObject({ id: 'r1', name: null, at: null, vendor: { code: 'c' } });
    expect(read?.faults).toEqual([
      { path: 'name', expected: 'text' },
      { path: 'at', expected: 'RFC 3339 time' },
    ]);
  });

  test.each<[string, unknown]>([
    ['no id', { name: 'n' }],
    ['a null id', { ...whole, id: null }],
    ['an empty id', { ...whole, id: '' }],
    ['a number as id', { ...whole, id: 7 }],
    ['an id of 201 characters', { ...whole, id: 'x'.repeat(201) }],
    ['an id with NUL', { ...whole, id: 'a\u0000' }],
    ['null', null],
    ['text', 'r1'],
    ['a list', [whole]],
    ['nothing', undefined],
  ])('with %s cannot be identified', (_name, value) => {
    expect(parseRow(row, value)).toBeNull();
  });

  test('is not changed by being read', () => {
    const value = { ...whole, name: 7, documents: [1, { id: 'd', on: 'x' }] };
    const before = structuredClone(value);
    parseRow(row, value);
    expect(value).toEqual(before);
  });

  test('named twice by the same field is one fault', () => {
    const twice = z.object({
      id: wireId,
      word: z
        .string()
        .refine(() => false, { error: 'one' })
        .refine(() => false, { error: 'two' })
        .nullish(),
    });
    expect(parseRow(twice, { id: 'a', word: 'w' })).toEqual({
      row: { id: 'a' },
      faults: [{ path: 'word', expected: 'one' }],
    });
  });
});

describe('lists within a row', () => {
  const good = (id: string) => ({ id, number: id, on: null, images: [] });

  test('lose the items that are none, and keep the rest in order', () => {
    const read = parseRow(row, { ...whole, documents: [1, good('a'), null, good('b'), 'x'] });
    expect(read?.row.documents.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(read?.faults.map(({ path }) => path)).toEqual(['documents.0', 'documents.2', 'documents.4']);
  });

  test('lose an item without its id, not the row', () => {
    const read = parseRow(row, { ...whole, documents: [{ number: '1' }, good('b')] });
    expect(read?.row.documents.map(({ id }) => id)).toEqual(['b']);
    expect(read?.faults).toEqual([{ path: 'documents.0.id', expected: 'id of at most 200 characters' }]);
  });

  test('name faults by their place as sent, also after others were taken out', () => {
    const documents = [
      { id: 7, number: 8, images: [1] },
      { ...good('a'), images: [1, 'x', {}, 'y'] },
      { id: '', on: '2023-02-29' },
      { ...good('b'), on: '2023-02-29' },
    ];
    const read = parseRow(row, { ...whole, documents });
    expect(read?.row.documents).toEqual([{ ...good('a'), images: ['x', 'y'] }, good('b')]);
    expect(read?.faults.map(({ path }) => path).sort()).toEqual([
      'documents.0.id',
      'documents.0.images.0',
      'documents.0.number',
      'documents.1.images.0',
      'documents.1.images.2',
      'documents.2.id',
      'documents.2.on',
      'documents.3.on',
    ]);
  });

  test('that are no lists are empty', () => {
    expect(parseRow(row, { ...whole, documents: { 0: 'x' } })?.row.documents).toEqual([]);
    expect(paths({ ...whole, documents: 'x' })).toEqual(['documents']);
  });
});

describe('what must not happen', () => {
  test('a key __proto__ pollutes nothing', () => {
    const text = '{"id":"a","name":7,"__proto__":{"polluted":1},"vendor":{"__proto__":{"code":"x"}}}';
    const read = parseRow(row.extend({ rest: wireObject }), JSON.parse(text));
    expect(read?.row).toMatchObject({ id: 'a', vendor: { code: null } });
    expect(Object.getPrototypeOf(read?.row)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('no value of the payload stands in a fault', () => {
    const wrong = {
      id: 'r',
      name: ['SECRET'],
      at: 'SECRET',
      vendor: 'SECRET',
      documents: [{ id: 'd', on: 'SECRET' }],
    };
    expect(JSON.stringify(parseRow(row, wrong)?.faults)).not.toContain('SECRET');
  });

  test('a deeply nested value does not break the stack', () => {
    const value = { id: 'a', name: JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown };
    expect(paths(value)).toEqual(['name']);
  });

  test('whatever comes is read to its end: a row, or null', () => {
    const loose = z.object({ id: wireReference, documents: wireList(document) });
    fc.assert(
      fc.property(fc.record({ id: fc.jsonValue(), documents: fc.array(fc.jsonValue()) }), (value) => {
        const read = parseRow(loose, value);
        expect(read).not.toBeNull();
        expect(new Set(read?.faults.map(({ path }) => path)).size).toBe(read?.faults.length);
      }),
    );
  });
});
