import { expect, test } from 'vitest';

import { World } from '../harness/world.ts';
import {
  askUser,
  everywhere,
  notOf,
  ofSource,
  reportOf,
  SOURCES,
  untilWhole,
  userIdOf,
} from './questions.ts';

const ALWAYS_ASK = Object.fromEntries(SOURCES.map((id) => [`${id}_MAX_AGE_S`, '0']));

// The source's own deadline is far away: that an answer comes at all shows that nobody waited for it.
test('FRESH gives the copy after READ_WAIT_MS, and the gateway stops, while a call that is never answered is pending', async () => {
  const settings = { ...ALWAYS_ASK, READ_WAIT_MS: '500', FINX_TIMEOUT_MS: '600000' };
  await using world = await World.create({ people: 6, settings });
  await world.start();
  await world.link();
  await untilWhole(world);
  const id = await userIdOf(world, everywhere(world));
  const finx = world.sandbox('FINX');
  finx.fault = 'SLOW';
  const asked = finx.requests.length;

  const { verifications } = await askUser(world, id, 'FRESH');
  expect(finx.requests.length).toBe(asked + 1);
  expect(reportOf(verifications.sources, 'FINX')).toMatchObject({
    state: 'STALE',
    error: { code: 'SOURCE_TIMEOUT', message: expect.stringContaining('within 500 ms') },
  });
  expect(ofSource(verifications.nodes, 'FINX')).not.toEqual([]);
  for (const { provenance } of ofSource(verifications.nodes, 'FINX')) expect(provenance?.stale).toBe(true);
  for (const { provenance } of notOf(verifications.nodes, 'FINX')) expect(provenance?.stale).toBe(false);
  await world.stop();
});
