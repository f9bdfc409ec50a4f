import { isListType, isNonNullType, isObjectType, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { costOf } from '#graph/cost';
import { createSchema } from '#graph/schema';
import type { SourceId } from '#kyc/source-id';

import { defaultQuery } from './default-query.ts';
import { costOfOperation } from './operation-cost.ts';

const sources = ['ALPHA', 'BETA', 'GAMMA'].map((id) => ({
  id: id as SourceId,
  description: id,
  kind: 'CHECK' as const,
}));
const schema = createSchema(sources);
const CALL = 100;
const ALL = sources.length * CALL;

function cost(text: string, variableValues: Record<string, unknown> = {}): number {
  return costOfOperation({ schema, document: parse(text), variableValues });
}

describe('what an operation costs', () => {
  test.each([
    ['whatever it is, something', '{ __typename }', 1],
    ['an object and its values', `{ viewer { ${'kind '.repeat(10)} } }`, 1 + 1],
    ['a page of its first, with what is in each row', '{ users(first: 10) { nodes { id } } }', 10 * 2 + 1],
    ['a page of the default', '{ users { nodes { id } } }', 50 * 2 + 5],
    [
      'pages within pages multiply',
      '{ users(last: 10) { nodes { checks(first: 20) { nodes { id } } } } }',
      10 * (1 + 1 + 20 * 2 + 2),
    ],
    [
      'values add up, however they are named',
      `{ users(first: 10) { nodes { ${names('id', 100)} } } }`,
      10 * 2 + 100,
    ],
    ['aliases add up', '{ a: users(first: 5) { totalCount } b: users(first: 5) { totalCount } }', 2 * 5 + 1],
    ['ids', '{ nodes(ids: ["a", "b", "c"]) { __typename } }', 4],
    [
      'fragments as if they were written out',
      '{ users(first: 10) { ...F } } fragment F on UserConnection { nodes { id } }',
      21,
    ],
    [
      'types within an interface',
      '{ node(id: "a") { ... on User { checks(first: 10) { nodes { id } } } } }',
      1 + 10 * 2 + 1,
    ],
  ])('%s', (_, text, amount) => {
    expect(cost(text)).toBe(amount);
  });

  test('reads pages from variables and their defaults, and takes more than a page can hold for a whole one', () => {
    const text = 'query ($n: Int = 100) { users(first: $n) { nodes { id } } }';
    expect(cost(text, { n: 10 })).toBe(21);
    expect(cost(text)).toBe(210);
    expect(cost(text, { n: null })).toBe(105);
    expect(cost(text, { n: 2_000_000_000 })).toBe(420);
    expect(cost(text, { n: -5 })).toBe(3);
  });

  test('is of the operation that is asked for', () => {
    const document = parse('query A { users { totalCount } } query B { viewer { kind } }');
    expect(costOfOperation({ schema, document, operationName: 'B', variableValues: {} })).toBe(2);
  });

  test('is counted at once however fragments double', () => {
    const levels = Array.from(
      { length: 200 },
      (_, i) => `fragment F${i} on User { a: kyc { because { user { ...F${i + 1} } } } ...F${i + 1} }`,
    );
    const text = `{ users(first: 200) { nodes { ...F0 } } } ${levels.join(' ')} fragment F200 on User { id }`;
    expect(cost(text)).toBeGreaterThan(1_000_000);
  });

  test('ends for a fragment that spreads itself', () => {
    expect(cost('{ viewer { ...F } } fragment F on Viewer { user { id } ...F }')).toBe(3);
  });

  test('lets the query worth trying pass by far', () => {
    expect(cost(defaultQuery)).toBeLessThan(15_000);
  });
});

describe('sources that may be asked', () => {
  const calls = (text: string, variables?: Record<string, unknown>) =>
    Math.floor(cost(text, variables) / CALL) * CALL;

  test.each([
    ['none where nothing is asked', '{ user(id: "a") { id identities { source } } }', 0],
    ['none for STORED', '{ user(id: "a", freshness: STORED) { kyc { status } } }', 0],
    ['each for a user, FRESH by default', '{ user(id: "a") { kyc { status } } }', ALL],
    [
      'each once, however many fields ask',
      '{ user(id: "a") { kyc { status } person { id: givenName } checks(first: 1) { totalCount } } }',
      ALL,
    ],
    ['each for the viewer’s user', '{ viewer { user { kyc { status } } } }', ALL],
    ['one for a record', '{ verification(id: "a") { id } }', CALL],
    [
      'one for a stranger, then each',
      '{ userByIdentity(source: ALPHA, externalId: "a") { kyc { status } } }',
      CALL + ALL,
    ],
    ['none in a list', '{ users(first: 20) { nodes { kyc { status } } } }', 0],
    [
      'all for each of a list that asks',
      '{ users(first: 20) { nodes { kyc(freshness: LIVE) { status } } } }',
      20 * ALL,
    ],
    [
      'as the nearest argument says',
      '{ users(first: 10) { nodes { verifications(first: 1, freshness: LIVE) { nodes { user { kyc(freshness: STORED) { status } } } } } } }',
      10 * ALL,
    ],
    [
      'as the argument above says',
      '{ user(id: "a", freshness: STORED) { ...F } again: user(id: "a") { ...F } } fragment F on User { kyc { status } }',
      ALL,
    ],
    [
      'each for a refresh, and none for what it gives',
      'mutation { refreshUser(input: { id: "a" }) { user { kyc { status } } } }',
      ALL,
    ],
    [
      'each for every refresh',
      'mutation { a: refreshUser(input: { id: "a" }) { sources { state } } b: refreshUser(input: { id: "b" }) { sources { state } } }',
      2 * ALL,
    ],
  ])('%s', (_, text, amount) => {
    expect(calls(text)).toBe(amount);
  });

  test('as a variable says', () => {
    const text = 'query ($f: Freshness = STORED) { user(id: "a", freshness: $f) { kyc { status } } }';
    expect(calls(text)).toBe(0);
    expect(calls(text, { f: 'LIVE' })).toBe(ALL);
  });

  test('are declared by every field that takes a freshness, or by what hangs from it', () => {
    const silent = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter(({ args }) => args.some(({ name }) => name === 'freshness'))
            .filter(({ extensions }) => Object.keys(costOf(extensions)).length === 0)
            .map(({ name }) => `${type.name}.${name}`)
        : [],
    );
    expect(silent).toEqual([]);
  });
});

test('a root field that gives a list of objects says how many', () => {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  const silent = fields.filter(({ type, extensions }) => {
    const list = isNonNullType(type) ? type.ofType : type;
    return isListType(list) && costOf(extensions).rows === undefined;
  });
  expect(silent.map(({ name }) => name)).toEqual([]);
});

function names(field: string, count: number): string {
  return Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ');
}
