import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { reveal } from '../harness/reveal.ts';
import type { World } from '../harness/world.ts';
import { objectOf, observedAtOf, type Users } from './compare.ts';
import { EVERY_FIELD, everyField } from './every-field.ts';
import { rollUp, voicesOf } from './expected/roll-up.ts';
import { createFullWorld, moveAll, sync } from './full-world.ts';
import { expectedOf } from './holdings.ts';
import type { Given } from './read-list.ts';
import { readUsers } from './read-users.ts';
import { usersOf } from './users.ts';

/** The answer and the records that it stands on, of one moment. */
const USER = `{
  id
  kyc { status reason because { id } nextAction canRetry contributors { id } conflicting validUntil actionUrl }
  verifications(first: 200) { nodes ${EVERY_FIELD} }
}`;

let world: World;
let users: Users;
let userIds: readonly string[];

beforeAll(async () => {
  world = await createFullWorld();
  users = await usersOf(world);
  userIds = [...new Set(users.values())];
  await reveal((query) => world.ask(query), userIds);
}, 90_000);
afterAll(async () => world[Symbol.asyncDispose]());

const idsOf = (records: readonly Given[]) => records.map((record) => String(record['id'])).toSorted();
const nodesOf = (list: unknown) => objectOf(list)['nodes'] as readonly Given[];

/** Compares every user's answer with what the rules make of the user's records; gives the statuses that there are. */
async function compareAnswers(policy: 'strict' | 'any'): Promise<ReadonlySet<unknown>> {
  const identities = Map.groupBy(users, ([, id]) => id);
  const answers = (await readUsers(world, userIds, 'STORED', USER)).map((user) => {
    const own = new Set(identities.get(String(user['id']))?.map(([identity]) => identity));
    const voices = nodesOf(user['verifications'])
      .flatMap(voicesOf)
      .filter(({ identity }) => own.has(identity));
    const { contributors, ...given } = objectOf(user['kyc']);
    return {
      id: user['id'],
      given: { ...given, contributors: idsOf(contributors as readonly Given[]) },
      expected: { ...rollUp(voices, policy) },
    };
  });
  const differing = answers.filter(({ given, expected }) => !isAlike(given, expected));
  expect(differing.map(({ id, given }) => ({ id, ...given }))).toEqual(
    differing.map(({ id, expected }) => ({ id, ...expected })),
  );
  expect(answers).toHaveLength(identities.size);
  return new Set(answers.map(({ expected }) => expected.status));
}

function isAlike(one: Given, other: Given): boolean {
  return Object.keys({ ...one, ...other }).every(
    (key) => JSON.stringify(one[key]) === JSON.stringify(other[key]),
  );
}

describe("each user's answer is what the rules make of the records", () => {
  test('by the policy strict, and again after statuses moved', async () => {
    expect((await compareAnswers('strict')).size).toBeGreaterThanOrEqual(7);
    moveAll(world, 12);
    await sync(world, userIds);
    await compareAnswers('strict');
  }, 90_000);

  test('by the policy any', async () => {
    await world.stop();
    await world.start({ KYC_ROLLUP: 'any' });
    expect((await compareAnswers('any')).size).toBeGreaterThanOrEqual(6);
  });
});

test('a user has the records of each identity, and the applications of others that are about them', async () => {
  const owners = Map.groupBy(
    expectedOf(world).flatMap(({ source, externalId, externalUserId, entityAccounts }) =>
      [...new Set([externalUserId, ...entityAccounts])].map((account) => ({
        user: users.get(`${source} ${account}`) ?? '',
        record: `${source} ${externalId}`,
      })),
    ),
    ({ user }) => user,
  );
  const given = await readUsers(
    world,
    [...owners.keys()],
    'STORED',
    '{ id verifications(first: 200) { totalCount nodes { source externalId } } }',
  );
  for (const { id, verifications } of given) {
    const records = nodesOf(verifications).map(
      ({ source, externalId }) => `${String(source)} ${String(externalId)}`,
    );
    const expected = owners.get(String(id))?.map(({ record }) => record) ?? [];
    expect(records.toSorted()).toEqual(expected.toSorted());
    expect(objectOf(verifications)['totalCount']).toBe(expected.length);
  }
});

test('a user is described, field by field, by the record observed last that says it', async () => {
  const person = everyField('Person');
  const selection = `{ id person ${person} verifications(first: 200) { nodes ${EVERY_FIELD} } }`;
  for (const user of await readUsers(world, userIds, 'STORED', selection)) {
    const said = nodesOf(user['verifications']).flatMap((record) => personsIn(record, String(user['id'])));
    const { __typename: _name, clearance: _clearance, ...given } = objectOf(user['person']);
    for (const [field, value] of Object.entries(given)) {
      const saying = said.filter(({ person }) => (person[field] ?? null) !== null);
      const last = saying
        .map(({ observedAt }) => observedAt)
        .toSorted()
        .at(-1);
      const newest = saying
        .filter(({ observedAt }) => observedAt === last)
        .map(({ person }) => person[field]);
      expect(newest.length === 0 ? [null] : newest, field).toContain(value);
    }
    expect(Object.keys(given).length).toBe(said.length === 0 ? 0 : 8);
  }
});

/** What a record says of a user: as its owner, or of the entities in it whose account is theirs. */
function personsIn(record: Given, userId: string) {
  const observedAt = observedAtOf(record);
  const about = [record, ...((record['entities'] ?? []) as readonly Given[])];
  return about
    .filter((one) => objectOf(one['user'])['id'] === userId && (one['person'] ?? null) !== null)
    .map(({ person }) => ({ observedAt, person: objectOf(person) }));
}
