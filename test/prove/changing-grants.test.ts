import { expect, test } from 'vitest';

import { runChangingGrants } from '../changing-grants/run.ts';

const CHANGES = Number(process.env['CHANGES'] ?? 20_000);

test('over twenty thousand changes nobody is told of others, and each of all that is theirs', async () => {
  const run = await runChangingGrants({ changes: CHANGES, seed: Number(process.env['SEED'] ?? 20_261_127) });
  const { told, foreign, missing, twice, ...counts } = run;
  process.stdout.write(`${JSON.stringify({ ...counts, foreign, missing, twice })}\n`);
  expect({ told, foreign, missing, twice }).toEqual({ told: [], foreign: 0, missing: 0, twice: 0 });
}, 7_200_000);
