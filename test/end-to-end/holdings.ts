import type { SandboxPerson } from '#sources/sandbox';

import type { World } from '../harness/world.ts';
import type { ExpectedRecord } from './expected/expected-record.ts';
import { expectedOfFinogates } from './expected/finogates.ts';
import { expectedOfFinx } from './expected/finx.ts';
import { expectedOfRocketkor } from './expected/rocketkor.ts';
import { expectedOfSumvin } from './expected/sumvin.ts';
import { expectedOfUpvest } from './expected/upvest.ts';

/** All that the five simulators hold at this moment, as it must come out of the graph. */
export function expectedOf(world: World): readonly ExpectedRecord[] {
  const rows = (source: string) => sent(world.sandbox(source).records());
  // Sumvin's records name nobody: they stand in the order of the people who are known there.
  const owners = ownersOf(world);
  const details = rows('SUMVIN');
  if (details.length !== owners.length) throw new TypeError('Not every owner has one record.');
  return [
    ...rows('FINOGATES').map(expectedOfFinogates),
    ...rows('FINX').map(expectedOfFinx),
    ...rows('ROCKETKOR').map(expectedOfRocketkor),
    ...rows('UPVEST').map(expectedOfUpvest),
    ...owners.map((owner, index) => expectedOfSumvin(details[index], owner)),
  ];
}

function ownersOf(world: World): readonly string[] {
  const sandbox = world.sandbox('SUMVIN');
  return world.people
    .map((person: SandboxPerson) => sandbox.externalUserIdOf(person))
    .filter((owner) => owner !== null);
}

/** What is undefined does not go over the wire. */
function sent(records: readonly unknown[]): readonly unknown[] {
  return JSON.parse(JSON.stringify(records)) as readonly unknown[];
}

export const keyOf = (record: { source: string; externalId: string }) =>
  `${record.source} ${record.externalId}`;
