import { mkdirSync } from 'node:fs';

import { SEES_ALL } from '#kyc/sight';
import type { EnabledSource } from '#settings';
import { SandboxWorld } from '#sources/sandbox-world';
import type { SourceRoom } from '#sources/source';
import type { Store } from '#store/store';
import type { Actions } from '#sync/actions';

const BY = 'sandbox';
/** Simulators are read far more often than real sources: one wants to see them move. */
const PACE = { SCAN_S: '2', POLL_S: '2', RATE_PER_S: '500' };

/** Brings the simulators of all rooms up and opens the rooms' settings onto them. */
export async function startSandbox(
  rooms: readonly SourceRoom[],
  folder: string,
): Promise<{ world: SandboxWorld; sources: readonly EnabledSource[] }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const world = new SandboxWorld(rooms, folder);
  const environment = await world.start();
  const faults: string[] = [];
  const sources = rooms.flatMap((room) => {
    const settings = room.readSettings({ ...environment, ...paceOf(room) }, faults);
    return settings === null ? [] : [{ room, settings }];
  });
  if (faults.length > 0) throw new TypeError(`A simulator's settings are refused: ${faults.join(' ')}`);
  return { world, sources };
}

function paceOf(room: SourceRoom): Record<string, string> {
  const pace = Object.entries(PACE).map(([name, value]) => [`${room.descriptor.id}_${name}`, value] as const);
  return Object.fromEntries(pace.filter(([name]) => room.variables.includes(name)));
}

/** Joins each invented person's identities and gives the gateway the credentials of those who are read by them. */
export async function linkSandboxPeople(world: SandboxWorld, store: Store, actions: Actions): Promise<void> {
  const people = world.identities().filter((identities) => identities.length > 0);
  await store.linkIdentities(
    people.map((identities) => identities.map(({ source, externalId }) => ({ source, externalId }))),
    BY,
  );
  const owned = people.flat().filter(({ credential }) => credential !== null);
  const users = await store.readUsersByIdentity(owned, SEES_ALL);
  await Promise.all(
    owned.map(async ({ source, externalId, credential }, index) => {
      const held = users[index]?.identities.find(
        (one) => one.source === source && one.externalId === externalId,
      );
      if (credential === null || held?.connected === true) return;
      await actions.connectIdentity({
        identity: { source, externalId },
        ...credential,
        userId: null,
        by: BY,
      });
    }),
  );
}
