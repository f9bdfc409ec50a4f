import { expect } from 'vitest';

import type { World } from '../harness/world.ts';

/** Every identity of every person to the id of their user: one a person, of all their identities, no two alike. */
export async function usersOf(world: World): Promise<ReadonlyMap<string, string>> {
  const users = new Map<string, string>();
  const people = world.people.map((person) => world.identitiesOf(person));
  const fields = people
    .flat()
    .map(
      ({ source, externalId }, index) =>
        `u${index}: userByIdentity(source: ${source}, externalId: "${externalId}", freshness: STORED) { id }`,
    );
  const ids: (string | undefined)[] = [];
  for (let at = 0; at < fields.length; at += 25) {
    const { data, errors } = await world.ask<Record<string, { id: string } | null>>(
      `{ ${fields.slice(at, at + 25).join(' ')} }`,
    );
    expect(errors).toEqual([]);
    ids.push(...Object.values(data).map((user) => user?.id));
  }
  let at = 0;
  for (const identities of people) {
    const own = new Set(identities.map(() => ids[at++]));
    expect(own.size).toBe(Math.min(1, identities.length));
    for (const { source, externalId } of identities) users.set(`${source} ${externalId}`, [...own][0] ?? '');
  }
  expect(new Set(users.values()).size).toBe(people.filter((identities) => identities.length > 0).length);
  return users;
}
