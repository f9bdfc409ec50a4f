import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Edge, startEdge } from '../harness/edge.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(async () => await edge.close());

const repeat = (times: number, of: (n: number) => string) =>
  Array.from({ length: times }, (_, n) => of(n)).join(' ');
const user = (within: string) => `{ user(id: "a", freshness: STORED) { ${within} } }`;

/** Each as its author means it, and again under names that differ from time to time: nothing that is kept helps. */
const BOMBS: readonly [string, (n: number) => string, RegExp][] = [
  ['aliases of a root field', () => `{ ${repeat(51, (n) => `a${n}: viewer { kind }`)} }`, /TOO_COMPLEX/],
  ['aliases of a value', (n) => user(repeat(201, (m) => `a${n}x${m}: id`)), /TOO_COMPLEX/],
  [
    'aliases of an object',
    (n) => user(repeat(70, (m) => `a${n}x${m}: kyc { b: status c: reason d: rule }`)),
    /TOO_COMPLEX/,
  ],
  ['two aliases on every level', () => `{ users(first: 100) { nodes { ${doubled(5)} } } }`, /TOO_COMPLEX/],
  ['depth', () => user(`${'kyc { because { user { '.repeat(7)} id ${'}'.repeat(21)}`), /TOO_COMPLEX/],
  ['braces alone', () => '{'.repeat(60_000), /GRAPHQL_PARSE_FAILED/],
  ['brackets alone', () => `{ nodes(ids: ${'['.repeat(30_000)}`, /GRAPHQL_PARSE_FAILED|TOO_COMPLEX/],
  [
    'a list in lists',
    () => `{ nodes(ids: ${'['.repeat(1400)}${']'.repeat(1400)}) { id } }`,
    /VALIDATION_FAILED|TOO_COMPLEX/,
  ],
  [
    'directives on one field',
    () => `{ viewer { kind ${repeat(400, () => '@skip(if: false)')} } }`,
    /TOO_COMPLEX/,
  ],
  ['unknown directives', (n) => `{ viewer { kind ${repeat(1400, () => `@a${n}`)} } }`, /TOO_COMPLEX/],
  [
    'directives spread over fields',
    () => user(repeat(60, (n) => `a${n}: id @include(if: true)`)),
    /TOO_COMPLEX/,
  ],
  [
    'fragments in a circle',
    () =>
      `${user('...F0')} ${repeat(90, (n) => `fragment F${n} on User { ${repeat(5, (m) => `...F${(n + m + 1) % 90}`)} }`)}`,
    /VALIDATION_FAILED/,
  ],
  [
    'many fragments in a circle',
    () => `${user('...F0')} ${repeat(300, (n) => `fragment F${n} on User { ...F${(n + 1) % 300} }`)}`,
    /VALIDATION_FAILED|TOO_COMPLEX/,
  ],
  [
    'fragments that double',
    () =>
      `${user('...F0')} ${repeat(80, (n) => `fragment F${n} on User { a: kyc { because { user { ...F${n + 1} } } } ...F${n + 1} }`)} fragment F80 on User { id }`,
    /TOO_COMPLEX/,
  ],
  [
    'fragments that double on one level',
    () =>
      `${user('...F0')} ${repeat(80, (n) => `fragment F${n} on User { ...F${n + 1} ...F${n + 1} }`)} fragment F80 on User { id }`,
    /TOO_COMPLEX/,
  ],
  ['one object many times', () => user(repeat(300, () => 'kyc { status }')), /TOO_COMPLEX/],
  ['tokens', () => `{ ${'viewer '.repeat(8000)} }`, /GRAPHQL_PARSE_FAILED/],
  [
    'variables',
    () => `query (${repeat(600, (n) => `$v${n}: Strin`)}) { viewer { kind } }`,
    /VALIDATION_FAILED/,
  ],
  ['wrong names', (n) => user(repeat(190, (m) => `a${n}x${m}y`)), /VALIDATION_FAILED/],
  ['operations', () => repeat(700, (n) => `query Q${n} { __typename }`), /BAD_USER_INPUT|TOO_COMPLEX|FAILED/],
  [
    'pages within pages',
    () =>
      '{ users(first: 200) { nodes { verifications(first: 200) { nodes { user { verifications(first: 200) { nodes { id } } } } } } } }',
    /TOO_COMPLEX/,
  ],
  [
    'pages by a default of a variable',
    () =>
      'query ($n: Int = 200) { users(first: $n) { nodes { verifications(first: $n) { nodes { user { verifications(first: $n) { nodes { id } } } } } } } }',
    /TOO_COMPLEX/,
  ],
  [
    'values of full pages',
    () =>
      `{ users(first: 200) { nodes { verifications(first: 200) { nodes { ${repeat(150, (n) => `a${n}: id`)} } } } } }`,
    /TOO_COMPLEX/,
  ],
  [
    'every source for everybody, twice over',
    () =>
      '{ a: users(first: 200) { nodes { kyc(freshness: LIVE) { status } } } b: users(first: 200) { nodes { kyc(freshness: LIVE) { status } } } }',
    /TOO_COMPLEX/,
  ],
];

function doubled(levels: number): string {
  if (levels === 0) return 'id';
  return `a: kyc(freshness: LIVE) { because { user { ${doubled(levels - 1)} } } } b: kyc { because { user { ${doubled(levels - 1)} } } }`;
}

describe.each(['OPERATOR', 'PARTNER'] as const)('sent by a caller of the kind %s, a bomb of', (kind) => {
  test.each(BOMBS)('%s is refused before a resolver runs', async (_, make, code) => {
    edge.become({ kind });
    edge.resolved.length = 0;
    const { data, codes, text } = await edge.ask(make(0));
    expect(data).toBeUndefined();
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.length).toBeLessThan(10);
    for (const one of codes) expect(one).toMatch(code);
    expect(text.length).toBeLessThan(20_000);
    expect(edge.resolved).toEqual([]);
  });
});

test('none of them is taken for a failure of ours', () => {
  expect(edge.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test('memory is flat, however many come, and whatever they are called', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  // The longest text that is parsed, under other names each time: what is kept of it is bounded.
  const long = (n: number) => user(repeat(980, (m) => `n${n}x${m}: id`));
  const send = async (from: number, to: number) => {
    for (let n = from; n < to; n += 1) {
      const [, make] = BOMBS[n % BOMBS.length] ?? expect.unreachable();
      await Promise.all([make(n), long(n)].map((text) => edge.ask(text)));
    }
  };
  await send(0, 16);
  const before = heap();
  await send(16, 56);
  // Of what Yoga's own cache would keep of these it is less than a half.
  expect((heap() - before) / 1e6).toBeLessThan(20);
});
