import { expect, test } from 'vitest';

import { runChangingGrants } from './run.ts';

// Twenty thousand changes: test/prove.
test('while grants and links change all the time nobody is told of others, and each of all that is theirs', async () => {
  const run = await runChangingGrants({ changes: 250, seed: 20_261_126 });
  const { told, foreign, missing, twice, ...counts } = run;
  expect({ told, foreign, missing, twice }).toEqual({ told: [], foreign: 0, missing: 0, twice: 0 });
  expect(counts.events).toBeGreaterThan(counts.changes);
  expect(counts.withheld).toBeGreaterThan(counts.changes);
  expect(counts.moves.granted).toBeGreaterThan(5);
}, 120_000);
