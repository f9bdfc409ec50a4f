import { afterAll, beforeAll, expect, test } from 'vitest';

import { startGateway } from '#gateway';
import { createLogger } from '#log';

import { type Crowd, createCrowd } from './crowd.ts';
import { interleave } from './interleave.ts';
import { NOTHING_SHARED, shareForEver, shareWithinMoments, startSharingGateway } from './sharing-gateway.ts';

const PEOPLE = 30;
const SEED = 20_261_124;

let crowd: Crowd;
beforeAll(async () => {
  crowd = await createCrowd(PEOPLE);
}, 120_000);
afterAll(async () => await crowd[Symbol.asyncDispose]());

// A hundred thousand: test/prove.
test('two partners and twenty end users at once are each given what is theirs, and no byte of others', async () => {
  const logLines: string[] = [];
  const log = createLogger('warn', { write: (line: string) => void logLines.push(line) });
  const gateway = await startGateway(crowd.settings, log);
  try {
    const { told, foreign, wrong, ...counts } = await interleave(crowd, gateway.url, {
      operations: 600,
      seed: 20_261_123,
    });
    expect({ told, foreign, wrong, logLines }).toEqual({ told: [], foreign: 0, wrong: 0, logLines: [] });
    expect(counts.own).toBeGreaterThan(counts.operations);
    expect(counts.personal).toBeGreaterThan(counts.operations / 2);
    expect(counts.withheld).toBeGreaterThan(counts.operations / 10);
    expect(counts.byCursorOfAnother).toBeGreaterThan(counts.operations / 30);
  } finally {
    await gateway.close();
  }
}, 120_000);

test('a gateway whose requests share one loader is caught, also when those of one moment alone do', async () => {
  const seen: Record<string, boolean> = {};
  for (const [name, share, operations] of [
    ['nothing', NOTHING_SHARED, 100],
    // Made for the first caller: the others are told of nothing but what that one may see, for which they seldom ask.
    ['one for ever', shareForEver(), 600],
    ['one at a time', shareWithinMoments(), 200],
  ] as const) {
    await using gateway = await startSharingGateway(crowd.settings, share);
    const { foreign } = await interleave(crowd, gateway.url, { operations, seed: SEED });
    seen[name] = foreign > 0;
  }
  expect(seen).toEqual({ nothing: false, 'one for ever': true, 'one at a time': true });
}, 120_000);
