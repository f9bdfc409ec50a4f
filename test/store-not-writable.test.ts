import { describe, expect, test } from 'vitest';

import { postgresServer } from '#store/testing/postgres-databases';
import { refuseWrites } from '#store/testing/refuse-writes';

import { until } from './harness/until.ts';
import { World } from './harness/world.ts';

const LINK = `mutation ($links: [[IdentityInput!]!]!) { linkIdentities(input: { links: $links }) { errors { code } } }`;

describe.skipIf(postgresServer === null)('a gateway whose store cannot be written', () => {
  test('is not ready, by name, and says so of its sources, reads on, and is ready when it is over', async () => {
    await using world = await World.create({ people: 5, store: 'POSTGRES' });
    await world.start();
    const ready = async () => {
      const response = await fetch(new URL('/ready', world.url));
      return { status: response.status, body: await response.json() };
    };
    const health = async () => {
      const { data } = await world.ask<{ sources: { health: string }[] }>('{ sources { health } }');
      return [...new Set(data.sources.map((source) => source.health))];
    };
    await until('all was read once', async () => {
      const { data } = await world.ask<{ sources: { lastSyncedAt: string | null; source: string }[] }>(
        '{ sources { source lastSyncedAt } }',
      );
      return data.sources.filter(({ lastSyncedAt }) => lastSyncedAt !== null).length >= 3;
    });
    const well = { status: 200, body: { status: 'ready' } };
    expect(await ready()).toEqual(well);
    expect(await health()).toEqual(['UP']);

    const allowWrites = await refuseWrites(world.database, 'DISK_FULL');
    const links = [[{ source: 'UPVEST', externalId: 'never-seen' }]];
    const refused = await world.ask(LINK, { links });
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await ready()).toEqual({
      status: 503,
      body: { status: 'not ready', code: 'STORE_NOT_WRITABLE' },
    });
    expect(await health()).toEqual(['DEGRADED']);

    await allowWrites();
    expect(await ready()).toEqual(well);
    expect(await health()).toEqual(['UP']);
    expect((await world.ask(LINK, { links })).errors).toEqual([]);
  });
});
