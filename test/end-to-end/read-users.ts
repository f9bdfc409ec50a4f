import { expect } from 'vitest';

import type { World } from '../harness/world.ts';
import type { Given } from './read-list.ts';

const AT_ONCE = 10;

/** Asks for many users over HTTP, some in each request; in the order of the ids. */
export async function readUsers(
  world: World,
  ids: readonly string[],
  freshness: 'STORED' | 'LIVE',
  selection: string,
): Promise<readonly Given[]> {
  const users: Given[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const fields = some.map(
      (id, index) => `u${index}: user(id: "${id}", freshness: ${freshness}) { ...Asked }`,
    );
    const { data, errors } = await world.ask<Record<string, Given>>(
      `{ ${fields.join('\n')} } fragment Asked on User ${selection}`,
    );
    expect(errors).toEqual([]);
    users.push(...Object.values(data));
  }
  return users;
}
