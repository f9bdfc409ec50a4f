import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';

import type { IdentityRef } from '#kyc/user';

import { peopleCommands } from './people-commands.ts';
import { expectFreshAnswers, expectSoundLog, PeopleModel } from './people-model.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma } from './sample-records.ts';

/** Names of a world of its own at every source. */
function refsOf(world: string, each: number): readonly IdentityRef[] {
  const names = Array.from({ length: each }, (_, index) => `${world}${index}`);
  return [alpha, beta, gamma].flatMap((source) => names.map((name) => at(source, name)));
}

/** Links, partings, merges and records in any order: the same people as in a model in memory, and no id with two people. */
export function livesOfPeopleBehaviours(open: OpenFresh, size: { runs: number; commands: number }): void {
  describe('people over their lives', () => {
    let test: ReopenableStore;
    let worlds = 0;

    beforeAll(async () => {
      test = await open();
    });
    afterAll(async () => await test.remove());

    it('are who the model says, whatever happens in whatever order', { timeout: 600_000 }, async () => {
      const { store } = test;
      const commands = fc.commands(peopleCommands(6), { maxCommands: size.commands, size: 'max' });
      const everyId = new Set<string>();
      await fc.assert(
        fc.asyncProperty(commands, async (sequence) => {
          worlds += 1;
          const world = `world ${worlds}: `;
          const model = new PeopleModel(refsOf(world, 2));
          await fc.asyncModelRun(() => ({ model, real: { store, world } }), sequence);
          const present = [...new Set([...model.owners.values()].map(({ id }) => id))];
          await expectFreshAnswers(store, present);
          for (const id of present) everyId.add(id);
        }),
        { numRuns: size.runs },
      );
      await expectSoundLog(store, [...everyId]);
    });
  });
}
