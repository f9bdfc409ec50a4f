import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { until } from '../harness/until.ts';
import { World } from '../harness/world.ts';

/** What a forged value is answered with: like one of nothing, or as wrong input. Never as a failure of ours. */
const MEANT = ['BAD_USER_INPUT', 'CURSOR_EXPIRED'];
const LISTS = ['users', 'verifications', 'kycRecords', 'checks', 'idvApplications'];

let world: World;
let cursors: readonly string[];
let ids: readonly string[];
beforeAll(async () => {
  world = await World.create({ people: 8, store: 'SQLITE' });
  await world.start();
  await world.link();
  interface Held {
    readonly users: {
      readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
    };
    readonly verifications: Held['users'];
  }
  const held = await until('there are users and records', async () => {
    const { data } = await world.ask<Held>(
      '{ users(first: 5) { edges { cursor node { id } } } verifications(first: 5) { edges { cursor node { id } } } }',
    );
    const edges = [data.users.edges, data.verifications.edges];
    return edges.every((list) => list.length === 5) && edges.flat();
  });
  cursors = held.map(({ cursor }) => cursor);
  ids = held.map(({ node }) => node.id);
});
afterAll(async () => await world[Symbol.asyncDispose]());

/** A value with some of its characters, bytes or ends changed, or another altogether. */
function forged(genuine: () => readonly string[]): fc.Arbitrary<string> {
  const one = fc.nat().map((n) => genuine()[n % genuine().length] ?? '');
  const flipped = fc.tuple(one, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([text, at, by]) => {
    const bytes = Buffer.from(text, 'base64url');
    const place = at % bytes.length;
    bytes[place] = (bytes[place] ?? 0) ^ by;
    return bytes.toString('base64url');
  });
  const cut = fc.tuple(one, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  const spliced = fc
    .tuple(one, one)
    .map(([a, b]) => (a === b ? `${a}x` : a.slice(0, a.length / 2) + b.slice(b.length / 2)));
  const extended = fc.tuple(one, fc.string({ minLength: 1 })).map(([text, more]) => text + more);
  const stranger = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.constantFrom('User:', '0', '../..', "' or 1=1 --"),
  );
  const disguised = fc.string().map((text) => Buffer.from(`User:${text}`).toString('base64url'));
  return fc
    .oneof(flipped, cut, spliced, extended, stranger, disguised)
    .filter((text) => !genuine().includes(text));
}

describe('a forged cursor', () => {
  test('is wrong input in every list, both ways, and gives nothing', async () => {
    const attempt = fc.tuple(
      forged(() => cursors),
      fc.constantFrom(...LISTS),
      fc.constantFrom('after', 'before'),
    );
    await fc.assert(
      fc.asyncProperty(attempt, async ([cursor, list, argument]) => {
        const query = `query ($c: String) { ${list}(first: 1, ${argument}: $c) { totalCount nodes { id } } }`;
        const { data, errors } = await world.ask(query, { c: cursor });
        expect(data?.[list] ?? null).toBeNull();
        expect(errors.length).toBe(1);
        expect(MEANT).toContain(errors[0]?.extensions?.['code']);
        expect(errors[0]?.message.includes(cursor) && cursor.length > 8).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('of another list is wrong input too', async () => {
    const [ofUsers = '', , , , , ofVerifications = ''] = cursors;
    const query = 'query ($c: String) { verifications(after: $c) { nodes { id } } }';
    expect((await world.ask(query, { c: ofUsers })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect((await world.ask(query, { c: ofVerifications })).errors).toEqual([]);
  });
});

test('a forged id is one of nothing, or wrong input', async () => {
  const fields = [
    'node(id: $id)',
    'user(id: $id, freshness: STORED)',
    'verification(id: $id, freshness: STORED)',
  ];
  await fc.assert(
    fc.asyncProperty(
      forged(() => ids),
      fc.constantFrom(...fields),
      async (id, field) => {
        const { data, errors } = await world.ask(`query ($id: ID!) { found: ${field} { id } }`, { id });
        expect(data?.['found'] ?? null).toBeNull();
        for (const { extensions } of errors) expect(MEANT).toContain(extensions?.['code']);
      },
    ),
    { numRuns: 60 },
  );
});
