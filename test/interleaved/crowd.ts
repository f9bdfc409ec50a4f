import { openGatewayStore } from '#gateway';
import { readSettings, type Settings } from '#settings';
import { rooms } from '#sources/index';

import { createIssuer } from '../access-matrix/callers.ts';
import type { Needles } from '../harness/needles.ts';
import type { World } from '../harness/world.ts';
import { type Holdings, readHoldings } from './holdings.ts';
import { createMarkedWorld } from './people.ts';
import { type Caller, createCallers, createOwners, type Owned } from './sights.ts';

const END_USERS = 20;

/** Callers who all want something at once, and all that there is to want. */
export interface Crowd extends AsyncDisposable {
  readonly world: World;
  readonly holdings: Holdings;
  readonly callers: readonly Caller[];
  /** Whose everything is. */
  readonly owners: Needles<Owned>;
  /** By the name of the caller. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Of a gateway on this world that asks its callers who they are. */
  readonly settings: Settings;
}

/** Two partners and twenty end users of a store that was read whole; no gateway runs on it. */
export async function createCrowd(people: number): Promise<Crowd> {
  const world = await createMarkedWorld(people);
  const holdings = await readHoldings(world);
  await world.stop();
  const { callers, marks } = createCallers(world, holdings, END_USERS);
  await grant(readSettings(world.environment, rooms), callers);
  const issuer = await createIssuer(world.folder);
  const tokens = new Map<string, string>();
  for (const { name, claims } of callers) tokens.set(name, await issuer.tokenOf(claims));
  return {
    world,
    holdings,
    callers,
    owners: createOwners(holdings, { callers, marks }),
    tokens,
    settings: readSettings({ ...world.environment, ...issuer.settings }, rooms),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function grant(settings: Settings, callers: readonly Caller[]): Promise<void> {
  const { store } = await openGatewayStore(settings);
  for (const { name: partner, claims, grants } of callers) {
    if (claims.kind !== 'partner') continue;
    const given = [
      ...grants.users.map((value) => ({ partner, kind: 'USER' as const, value })),
      ...grants.sources.map((value) => ({ partner, kind: 'SOURCE' as const, value })),
      ...grants.businessAccounts.map((value) => ({ partner, kind: 'BUSINESS_ACCOUNT' as const, value })),
    ];
    await store.grants.grant(given, 'test');
  }
  await store.close();
}
