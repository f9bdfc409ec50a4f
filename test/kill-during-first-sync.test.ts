import { expect, test } from 'vitest';

import {
  expectFirstSights,
  expectUsers,
  expectWholeLives,
  finish,
  shownByGraph,
  stopCleanly,
} from './harness/first-sync-proof.ts';
import { heldAtSources } from './harness/held-at-sources.ts';
import { KilledFirstSync } from './harness/kill-first-sync.ts';

// Twenty kills of a larger world: test/prove.
test('a first sync that is killed goes on where it stopped, nothing doubled or lost', async () => {
  const plan = {
    people: 60,
    pageRows: 6,
    filesOfStart: ['store.db-wal'],
    kills: 2,
    requestsPerLife: 60,
    seed: 20_261_121,
    introduce: 'IDENTITIES',
  } as const;
  await using sync = await KilledFirstSync.run(plan);
  expectWholeLives(sync);
  expect(sync.lives.some(({ wentOn }) => wentOn.length > 0)).toBe(true);
  const { gateway, url } = await finish(sync, {});
  expect(await shownByGraph(url)).toEqual(heldAtSources(sync.world));
  await expectUsers(sync, url, 'IDENTITIES');
  expectFirstSights(await stopCleanly(sync, gateway));
}, 120_000);
