import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { SettingsError } from '#settings';
import { postgresServer } from '#store/testing/postgres-databases';

import { ask } from '../harness/ask.ts';
import { World } from '../harness/world.ts';

test.skipIf(postgresServer === null)(
  'what a caller may cost is one budget at all gateways of a store',
  async () => {
    const perMinute = 20;
    await using world = await World.create({
      people: 2,
      store: 'POSTGRES',
      settings: { RATE_COST_PER_MIN: String(perMinute) },
    });
    await world.start();
    const other = await world.startAnother();
    const startedAt = performance.now();
    // Each costs 2.
    const asked = Array.from({ length: 30 }, (_, n) =>
      ask(n % 2 === 0 ? world.url : other.url, '{ viewer { kind } }', {}),
    );
    const answers = await Promise.all(asked);
    const filledMeanwhile = Math.ceil(((performance.now() - startedAt) / 60_000) * (perMinute / 2));
    const given = answers.filter(({ httpStatus }) => httpStatus === 200).length;
    expect(given).toBeGreaterThanOrEqual(perMinute / 2);
    expect(given).toBeLessThanOrEqual(perMinute / 2 + filledMeanwhile);
    const refused = answers.find(({ httpStatus }) => httpStatus === 429);
    expect(refused?.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', requestId: expect.any(String) } },
    ]);
  },
);

test('a manifest of operations that the schema does not have stops the start, in readable lines', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'manifest-')), 'operations.json');
  writeFileSync(file, JSON.stringify({ good: '{ viewer { kind } }', bad: '{ nothing }', worse: '{' }));
  await using world = await World.create({ people: 2, store: 'SQLITE' });
  const error: unknown = await world
    .start({ PERSISTED_OPERATIONS_FILE: file })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SettingsError);
  expect((error as SettingsError).faults).toEqual([
    'PERSISTED_OPERATIONS_FILE: operation bad does not fit the schema: Cannot query field "nothing" on type "Query".',
    'PERSISTED_OPERATIONS_FILE: operation worse is no GraphQL.',
  ]);
  writeFileSync(file, JSON.stringify({ good: '{ viewer { kind } }' }));
  await world.start({ PERSISTED_OPERATIONS_FILE: file });
  expect((await world.ask('{ viewer { kind } }')).data).toEqual({ viewer: { kind: 'OPERATOR' } });
});
