import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { reveal } from '../harness/reveal.ts';
import type { World } from '../harness/world.ts';
import { compareOwnTimes, compareRecords, objectOf, type Users } from './compare.ts';
import { EVERY_FIELD } from './every-field.ts';
import type { Times } from './expected/expected-record.ts';
import type { Fault } from './expected/raw-row.ts';
import { createFullWorld, moveAll, untilInStep } from './full-world.ts';
import { expectedOf, keyOf } from './holdings.ts';
import { type Given, type ListName, listNames, readList } from './read-list.ts';
import { readUsers } from './read-users.ts';
import { usersOf } from './users.ts';

let world: World;
let users: Users;
let since: string;

beforeAll(async () => {
  since = new Date().toISOString();
  world = await createFullWorld();
  users = await usersOf(world);
  await reveal((query) => world.ask(query), [...new Set(users.values())]);
}, 90_000);
afterAll(async () => world[Symbol.asyncDispose]());

const TYPE_OF: Readonly<Record<ListName, string | null>> = {
  kycRecords: 'KycRecord',
  checks: 'Check',
  idvApplications: 'IdvApplication',
  verifications: null,
};

function expectedIn(list: ListName) {
  const type = TYPE_OF[list];
  return expectedOf(world).filter(({ fields }) => type === null || fields['__typename'] === type);
}

test('the simulators hold every kind of oddity', () => {
  const records = expectedOf(world).map(({ fields }) => fields);
  const reasons = new Set(records.map(({ statusReason }) => String(statusReason)));
  const faults = records.flatMap((fields) => fields['faults'] as readonly Fault[]);
  const odd = 'STATUS_MISSING STATUS_UNRECOGNISED OUTCOME_MISSING OUTCOME_UNRECOGNISED INCONSISTENT_UPSTREAM';
  expect([...reasons]).toEqual(expect.arrayContaining(odd.split(' ')));
  const paths = new Set(faults.map(({ path }) => path));
  const faulty =
    'check_confirmed_at created_at document_expiration_date documents.0.submitted_at entities.0.createdAt';
  const faultyToo = 'identityVerificationProfileId metadata provider_status updatedAt verified_at';
  expect([...paths].toSorted()).toEqual(`${faulty} ${faultyToo}`.split(' '));
});

describe('every record that the simulators hold comes out once, and right in every field', () => {
  test.each(
    listNames.flatMap((list) => [
      { list, pageSize: 7, direction: 'FORWARDS' as const },
      { list, pageSize: 200, direction: 'FORWARDS' as const },
      { list, pageSize: 31, direction: 'BACKWARDS' as const },
    ]),
  )('$list, $pageSize a page, $direction', async (reading) => {
    const given = await readList(world, reading);
    compareRecords(given, expectedIn(reading.list), users);
    compareOwnTimes(given, since);
  });
});

describe('orders put nulls last both ways, and order ties by id', () => {
  test.each(
    (['createdAt', 'updatedAt', 'decidedAt'] as const).flatMap((time) =>
      (['ASC', 'DESC'] as const).map((direction) => ({ time, direction })),
    ),
  )('$time $direction', async ({ time, direction }) => {
    const orderBy = { field: time.replace('At', '_AT').toUpperCase(), direction };
    const reading = { list: 'verifications', orderBy, selection: '{ id source externalId }' } as const;
    const given = await readList(world, { ...reading, pageSize: 33 });
    const backwards = await readList(world, { ...reading, pageSize: 50, direction: 'BACKWARDS' });
    const times = new Map(expectedOf(world).map((record) => [keyOf(record), record.times]));
    const timeOf = (record: Given) =>
      times.get(`${String(record['source'])} ${String(record['externalId'])}`)?.[time] ?? null;
    const sorted = given.toSorted((one, other) =>
      inOrder([timeOf(one), String(one['id'])], [timeOf(other), String(other['id'])], direction),
    );
    expect(given).toEqual(sorted);
    expect(backwards).toEqual(given);
    expect(given.some((record) => timeOf(record) === null)).toBe(true);
  });
});

type Place = readonly [Times['createdAt'], string];

function inOrder([one, oneId]: Place, [other, otherId]: Place, direction: 'ASC' | 'DESC'): number {
  if (one === other) return oneId < otherId ? -1 : 1;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other === (direction === 'ASC') ? -1 : 1;
}

/** Finogates cannot be asked for one user: a live read gives its copy. */
const isAskedLive = ({ source }: { readonly source?: unknown }) => source !== 'FINOGATES';

/** The records that a live read of every user gives, each from its owner, where the source can be asked for one. */
async function readLive(): Promise<readonly Given[]> {
  const selection = `{ id verifications(first: 200) { nodes ${EVERY_FIELD} } }`;
  const given = await readUsers(world, [...new Set(users.values())], 'LIVE', selection);
  return given.flatMap(({ id, verifications }) => {
    const nodes = objectOf(verifications)['nodes'] as readonly Given[];
    return nodes.filter((node) => isAskedLive(node) && objectOf(node['user'])['id'] === id);
  });
}

describe('after statuses moved', () => {
  test.each([1, 2])(
    'live reads and lists say so, the %d. time',
    async () => {
      const before = await readList(world, { list: 'verifications', pageSize: 200 });
      const was = new Map(expectedOf(world).map((record) => [keyOf(record), record.fields['sourceStatus']]));
      moveAll(world, 12);
      const expected = expectedOf(world);
      const moved = expected.filter((record) => record.fields['sourceStatus'] !== was.get(keyOf(record)));
      expect(moved.length).toBeGreaterThan(40);
      expect(new Set(moved.map(({ source }) => source)).size).toBe(5);

      compareRecords(await readLive(), expected.filter(isAskedLive), users, 'LIVE');

      await untilInStep(world);
      const given = await readList(world, { list: 'verifications', pageSize: 200 });
      compareRecords(given, expected, users);
      compareOwnTimes(given, since, before);
    },
    90_000,
  );
});
