import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createSchema } from '#graph/schema';
import { rooms } from '#sources/index';

import { type Edge, startEdge } from '../harness/edge.ts';

const CANARY = 'canary7X1234567';
const NUMBER = 7_123_456.789;
/** One of each type that JSON has; wherever one fits, it reaches a resolver that has nothing behind it. */
const VALUES: readonly unknown[] = [
  CANARY,
  NUMBER,
  true,
  [CANARY],
  [[NUMBER]],
  { [CANARY]: CANARY },
  { id: [CANARY], source: CANARY, first: CANARY },
  `${CANARY}\0\uD800`,
  `2026-13-45T${CANARY}`,
  -NUMBER,
  null,
];

interface Place {
  readonly name: string;
  readonly type: string;
  /** Puts a variable there. */
  readonly fieldWith: (variable: string) => string;
  readonly operation: (variables: string, fields: string) => string;
  /** A value as it stands there: itself, or a field of an input. */
  readonly valueOf: (value: unknown) => unknown;
}

/** Every argument of every field of the root types and of User, and every field of every input. */
function placesOf(schema: GraphQLSchema): readonly Place[] {
  const roots: readonly [unknown, Place['operation']][] = [
    [schema.getQueryType(), (variables, fields) => `query (${variables}) { ${fields} }`],
    [schema.getMutationType(), (variables, fields) => `mutation (${variables}) { ${fields} }`],
    [schema.getType('User'), (variables, fields) => `query (${variables}) { user(id: "a") { ${fields} } }`],
  ];
  return roots.flatMap(([type, operation]) =>
    isObjectType(type)
      ? Object.values(type.getFields()).flatMap((field) =>
          field.args.flatMap((argument) => placesAt(type.name, field, argument, operation)),
        )
      : [],
  );
}

function placesAt(
  parent: string,
  field: GraphQLField<unknown, unknown>,
  { name, type }: GraphQLArgument,
  operation: Place['operation'],
): readonly Place[] {
  const others = field.args
    .filter((other) => other.name !== name && isNonNullType(other.type))
    .map((other) => `${other.name}: ${literalOf(other.type)}`);
  const below = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const fieldWith = (variable: string) =>
    `${field.name}(${[`${name}: ${variable}`, ...others].join(' ')})${below}`;
  const at = `${parent}.${field.name}(${name})`;
  const place = { name: at, type: String(type), fieldWith, operation, valueOf: (value: unknown) => value };
  const inner = fieldsOf(type).map((one) => ({
    ...place,
    name: `${at}.${one}`,
    valueOf: (value: unknown) => ({ [one]: value }),
  }));
  return [place, ...inner];
}

/** Each value by itself reaches a resolver where it fits; all of them at once are refused at once, each with its error. */
function bodiesOf({ type, fieldWith, operation, valueOf }: Place): readonly object[] {
  const single = [CANARY, null].map((value) => ({
    query: operation(`$v: ${type}`, fieldWith('$v')),
    variables: { v: valueOf(value) },
  }));
  const all = {
    query: operation(
      VALUES.map((_, n) => `$v${n}: ${type}`).join(' '),
      VALUES.map((_, n) => `a${n}: ${fieldWith(`$v${n}`)}`).join(' '),
    ),
    variables: Object.fromEntries(VALUES.map((value, n) => [`v${n}`, valueOf(value)])),
  };
  return [...single, all];
}

function fieldsOf(type: GraphQLInputType): readonly string[] {
  const named = getNamedType(type);
  return isInputObjectType(named) ? Object.keys(named.getFields()) : [];
}

function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (!isInputObjectType(type)) return '"1"';
  const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return `{ ${required.map((field) => `${field.name}: ${literalOf(field.type)}`).join(' ')} }`;
}

const PLACES = placesOf(createSchema(rooms.map(({ descriptor }) => descriptor)));
let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(async () => await edge.close());

test('there are places to put a canary into', () => {
  expect(PLACES.length).toBeGreaterThan(60);
});

test('no value of a variable is in any answer or log line, of whatever type, wherever it stands', async () => {
  const heard: string[] = [];
  for (const place of PLACES) {
    const answers = bodiesOf(place).map((body) => edge.post(body));
    for (const { text, status, codes } of await Promise.all(answers)) {
      heard.push(text);
      expect(status).toBeLessThanOrEqual(500);
      for (const code of codes) expect(code).toMatch(/^[A-Z_]+$/);
    }
  }
  const all = [...heard, ...edge.logLines].join('\n');
  for (const canary of [CANARY, CANARY.slice(6), String(NUMBER), '7123456', '2026-13'])
    expect(all).not.toContain(canary);
  expect(heard.filter((text) => text.includes('"errors"')).length).toBeGreaterThan(PLACES.length);
});

test('every error has a code and the id of its request', async () => {
  const refused = [
    '{',
    '{ nothing }',
    'query ($v: ID!) { user(id: $v) { id } }',
    '{ users(first: 7000) { totalCount } }',
  ];
  for (const query of refused) {
    const { text, headers } = await edge.ask(query);
    const { errors } = JSON.parse(text) as { errors: { extensions: Record<string, unknown> }[] };
    for (const { extensions } of errors)
      expect(extensions).toEqual({
        code: expect.stringMatching(/^[A-Z_]+$/),
        requestId: headers.get('x-request-id'),
      });
    expect(errors.length).toBeGreaterThan(0);
  }
});

test('no value that stands in the text of an operation is repeated, nor a name of a parameter', async () => {
  const texts = [
    `{ user(id: "a", freshness: "${CANARY}") { id } }`,
    `{ users(first: "${CANARY}") { totalCount } }`,
    `{ users(first: ${NUMBER}) { totalCount } }`,
    `{ users(filter: { statuses: ["${CANARY}"] }) { totalCount } }`,
    `{ nodes(ids: [[["${CANARY}"]]]) { id } }`,
    `{ users(filter: "${CANARY}") { totalCount } }`,
    `{ users(filter: [{ externalId: { a: "${CANARY}" } }]) { totalCount } }`,
    `{ "${CANARY}" }`,
    `{ user(id: "${CANARY}`,
    `{ users(first: ${NUMBER}7${NUMBER}) }`,
    `{ viewer """${CANARY}""" }`,
  ];
  const answers = await Promise.all([
    ...texts.map((query) => edge.ask(query)),
    edge.post({ query: '{ viewer { kind } }', [CANARY]: 1 }),
    edge.post({ query: { [CANARY]: CANARY } }),
    edge.post({ query: '{ viewer { kind } }', variables: CANARY }),
    edge.post({ query: '{ viewer { kind } }', extensions: [CANARY] }),
    edge.post({ query: 'query A { viewer { kind } }', operationName: { a: CANARY } }),
    edge.post({ query: 'query A { viewer { kind } }', operationName: CANARY }),
    edge.post(`{"query":"${CANARY}`),
    edge.post(`"${CANARY}"`),
  ]);
  for (const { text, data } of answers) {
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(String(NUMBER));
    expect(data).toBeUndefined();
  }
  expect(edge.logLines.join()).not.toContain(CANARY);
});
