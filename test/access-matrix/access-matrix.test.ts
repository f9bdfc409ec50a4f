import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PrincipalKind } from '#access/principal';
import { type Scope, scopes } from '#access/scope';
import { mayHave, needsOf } from '#graph/needs';
import { createSchema } from '#graph/schema';
import { rooms } from '#sources/index';

import { askEverybody, type Everybody } from './ask-everybody.ts';
import { type Caller, EVERY_SCOPE } from './callers.ts';
import { type Cell, columns, ELSEWHERE, readMatrix } from './matrix.ts';
import { operationsOf, ROOTS } from './questions.ts';
import { allCoordinates } from './selection.ts';

const matrix = readMatrix();
let everybody: Everybody;

beforeAll(async () => {
  const isPersonal = (coordinate: string) => [...(matrix.get(coordinate)?.values() ?? [])].includes('CLEAR');
  everybody = await askEverybody(isPersonal);
}, 120_000);
afterAll(async () => everybody?.[Symbol.asyncDispose]());

/** What became of every field in every column: of others' data that an end user was given, in a column of its own. */
function outcomesByColumn(): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<Cell>>> {
  const found = new Map<string, Map<string, Set<Cell>>>();
  for (const [column, outcomes] of everybody.outcomes)
    for (const { coordinate, cell, isOthers } of outcomes) {
      const row = found.get(coordinate) ?? new Map<string, Set<Cell>>();
      // What others hold of an end user's application is looked at with every scope that there is.
      if (isOthers && column === 'own') continue;
      const at = isOthers && column === 'own+' ? 'within' : column;
      found.set(coordinate, row.set(at, (row.get(at) ?? new Set()).add(cell)));
    }
  return found;
}

describe('the matrix', () => {
  test('has every field of the schema, and no other', () => {
    const rows = new Set([...matrix.keys(), ...Object.keys(ELSEWHERE)]);
    const fields = allCoordinates();
    expect([...fields].filter((field) => !rows.has(field))).toEqual([]);
    expect([...rows].filter((field) => !fields.has(field))).toEqual([]);
    expect(rows.size).toBe(matrix.size + Object.keys(ELSEWHERE).length);
  });

  test('is what every caller is given, cell by cell', () => {
    const found = outcomesByColumn();
    const differing = [...matrix].flatMap(([coordinate, row]) =>
      [...row].flatMap(([column, cell]) => {
        const given = [...(found.get(coordinate)?.get(column) ?? ['UNSEEN'])].toSorted().join(' and ');
        return given === cell ? [] : [`${coordinate} for ${column}: ${cell} is written, ${given} is given`];
      }),
    );
    expect(differing).toEqual([]);
    expect(matrix.size * columns.length).toBeGreaterThan(2500);
  });
});

describe('what a caller does not see', () => {
  const HELD: Readonly<Record<string, unknown>> = {
    'Query.user': null,
    'Query.userByIdentity': null,
    'Query.node': null,
    'Query.nodes': [null, null],
    'Query.verification': null,
    'Query.verificationByExternalId': null,
  };

  test.each<[string, (other: string) => Caller]>([
    ['another end user', (other) => ({ sub: 'o', kind: 'end_user', scope: EVERY_SCOPE, user: other })],
    [
      'an end user whom nobody knows',
      () => ({ sub: 'n', kind: 'end_user', scope: EVERY_SCOPE, user: 'nobody' }),
    ],
    ['a partner to whom nothing is granted', () => ({ sub: 'p', kind: 'partner', scope: EVERY_SCOPE })],
  ])('is in no answer: %s', async (_, callerOf) => {
    const [one, other] = everybody.abouts;
    const about = one ?? expect.unreachable();
    const caller = callerOf(other?.user ?? '');
    for (const root of Object.keys(ROOTS).filter((name) => name.startsWith('Query.')))
      for (const operation of operationsOf(root, about, root === 'Query.user')) {
        const { data } = await everybody.askAs(caller, operation);
        const text = JSON.stringify(data);
        expect(text.includes(about.user) || text.includes(about.record), root).toBe(false);
        if (root in HELD) expect(Object.values(data ?? {})).toEqual([HELD[root]]);
      }
  });
});

describe('a root field is refused to who lacks what it declares to need, and to nobody else', () => {
  const schema = createSchema(rooms.map(({ descriptor }) => descriptor));
  const kinds = ['END_USER', 'ANALYST', 'PARTNER', 'OPERATOR'] as const satisfies readonly PrincipalKind[];

  test.each(Object.keys(ROOTS))('%s', async (root) => {
    const [typeName = '', name = ''] = root.split('.');
    const type = [schema.getQueryType(), schema.getMutationType()].find((one) => one?.name === typeName);
    const needs = needsOf(type?.getFields()[name]?.extensions ?? {}) ?? expect.unreachable();
    const named = scopes.filter((scope) => JSON.stringify(needs).includes(scope));
    const others = scopes.filter((scope) => !named.includes(scope));
    const [about = expect.unreachable()] = everybody.abouts;
    for (const kind of kinds)
      for (const held of [[], others, ...named.map((scope): readonly Scope[] => [scope])]) {
        const userId = kind === 'END_USER' ? about.user : null;
        const caller = {
          sub: `${kind} ${held.join(' ')}`,
          kind: kind.toLowerCase() as Caller['kind'],
          scope: held.join(' '),
          ...(userId === null ? {} : { user: userId }),
        };
        const [operation = ''] = operationsOf(root, about);
        const { errors } = await everybody.askAs(caller, operation);
        const isRefused = errors.some(
          ({ path, extensions }) => path?.length === 1 && extensions?.['code'] === 'FORBIDDEN',
        );
        const principal = { kind, subject: caller.sub, scopes: held, userId, expiresAt: null };
        expect(isRefused, `${kind} with ${held.join(' ')}`).toBe(!mayHave(principal, needs));
      }
  });
});
