import { readFileSync } from 'node:fs';

import { buildSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { defaultQuery } from './default-query.ts';
import { objectsOf } from './operation-cost.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

function cost(text: string, variableValues: Record<string, unknown> = {}): number {
  return objectsOf({ schema, document: parse(text), variableValues });
}

describe('what an operation may give', () => {
  test.each([
    ['a scalar alone costs nothing', '{ __typename }', 0],
    ['one object', '{ viewer { kind } }', 1],
    ['a page of its first, with what is in each row', '{ users(first: 10) { nodes { id } } }', 10 + 10],
    ['a page of the default', '{ users { nodes { id } } }', 50 + 50],
    [
      'pages within pages multiply',
      '{ users(last: 10) { nodes { checks(first: 3) { nodes { id } } } } }',
      10 * (1 + 1 + 3 * 2),
    ],
    ['aliases add up', '{ a: users(first: 1) { totalCount } b: users(first: 1) { totalCount } }', 2],
    ['ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
    [
      'fragments as if they were written out',
      '{ users(first: 2) { ...F } } fragment F on UserConnection { nodes { id } }',
      4,
    ],
    [
      'types within an interface',
      '{ node(id: "a") { ... on User { checks(first: 5) { nodes { id } } } } }',
      1 + 5 * 2,
    ],
  ])('%s', (_, text, objects) => {
    expect(cost(text)).toBe(objects);
  });

  test('reads pages from variables, and takes more than a page can hold for a whole one', () => {
    const text = 'query ($n: Int) { users(first: $n) { nodes { id } } }';
    expect(cost(text, { n: 7 })).toBe(14);
    expect(cost(text, { n: 2_000_000_000 })).toBe(400);
    expect(cost(text, { n: -5 })).toBe(2);
  });

  test('is counted at once however fragments double', () => {
    const levels = Array.from(
      { length: 200 },
      (_, i) => `fragment F${i} on User { a: kyc { because { user { ...F${i + 1} } } } ...F${i + 1} }`,
    );
    const text = `{ users(first: 200) { nodes { ...F0 } } } ${levels.join(' ')} fragment F200 on User { id }`;
    expect(cost(text)).toBeGreaterThan(100_000);
  });

  test('ends for a fragment that spreads itself', () => {
    expect(cost('{ viewer { ...F } } fragment F on Viewer { user { id } ...F }')).toBe(2);
  });

  test('lets the query worth trying pass by far', () => {
    expect(cost(defaultQuery)).toBeLessThan(10_000);
  });
});
