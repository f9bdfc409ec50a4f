import type { SandboxPerson } from '#sources/sandbox';
import { pick } from '#sources/sandbox-seed';

import { untilInStep } from '../end-to-end/full-world.ts';
import { World } from '../harness/world.ts';

const SOURCES = ['FINOGATES', 'FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];
export const SECRET = { KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };

/** Of two business accounts each has every second application. */
export const BUSINESS_ACCOUNTS = ['business-account-one', 'business-account-two'] as const;

/** What stands in every personal value of this person, in this spelling or another, and of nobody else. */
export function markOf({ number }: SandboxPerson): string {
  return `Zq${String(number).padStart(4, '0')}`;
}

function marked(person: SandboxPerson): SandboxPerson {
  const mark = markOf(person);
  return {
    ...person,
    givenName: `${mark}given`,
    familyName: `${mark}family`,
    email: `${mark.toLowerCase()}@example.com`,
    documentNumber: `${mark.toUpperCase()}X77001122`,
    street: `${mark} Street 7`,
    city: `${mark}ville`,
  };
}

/** A world that stands still, of people no two of whom have a value in common, all of it read by a gateway. */
export async function createMarkedWorld(people: number): Promise<World> {
  const world = await World.create({ people, settings: SECRET, disguise: marked, store: 'SQLITE' });
  const rocketkor = world.sandbox('ROCKETKOR');
  const applications = rocketkor.records() as readonly object[];
  rocketkor.restore(
    applications.map((application, at) => ({
      ...application,
      businessAccountId: pick(BUSINESS_ACCOUNTS, () => (at % 2) / 2),
    })),
  );
  await world.start();
  await world.link();
  await untilInStep(world, SOURCES, []);
  return world;
}
