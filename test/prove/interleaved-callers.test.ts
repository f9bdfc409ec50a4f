import { expect, test } from 'vitest';

import { startGateway } from '#gateway';
import { createLogger } from '#log';

import { createCrowd } from '../interleaved/crowd.ts';
import { interleave } from '../interleaved/interleave.ts';

const OPERATIONS = Number(process.env['OPERATIONS'] ?? 100_000);

test('over a hundred thousand interleaved operations no byte of another is given to anybody', async () => {
  await using crowd = await createCrowd(120);
  const logLines: string[] = [];
  const log = createLogger('warn', { write: (line: string) => void logLines.push(line) });
  const gateway = await startGateway(crowd.settings, log);
  try {
    const plan = { operations: OPERATIONS, seed: 20_261_125 };
    const { told, foreign, wrong, ...counts } = await interleave(crowd, gateway.url, plan);
    expect({ told, foreign, wrong, logLines }).toEqual({ told: [], foreign: 0, wrong: 0, logLines: [] });
    expect(counts.operations).toBe(OPERATIONS);
    expect(counts.personal).toBeGreaterThan(OPERATIONS / 2);
    process.stdout.write(`${JSON.stringify({ ...counts, foreign, wrong })}\n`);
  } finally {
    await gateway.close();
  }
}, 7_200_000);
