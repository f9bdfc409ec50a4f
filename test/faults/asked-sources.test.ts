import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { until } from '../harness/until.ts';
import { World } from '../harness/world.ts';
import {
  ASKABLE,
  askLists,
  askUser,
  everywhere,
  FAULTS,
  moveOne,
  notOf,
  ofSource,
  reportOf,
  SOURCES,
  said,
  timeless,
  untilLearnt,
  untilWhole,
  userIdOf,
} from './questions.ts';

/** Every read that wants more than STORED asks: no copy is young enough. */
const ALWAYS_ASK = Object.fromEntries(SOURCES.map((id) => [`${id}_MAX_AGE_S`, '0']));

describe.each(ASKABLE)('%s', (source) => {
  let world: World;
  let id: string;
  beforeAll(async () => {
    // The deadline has room for two retries, not for a Retry-After of one second. FRESH could wait longer than the source has: which of the two limits ends a read is the matter of waiting.test.ts.
    const settings = { ...ALWAYS_ASK, [`${source}_TIMEOUT_MS`]: '950', READ_WAIT_MS: '5000' };
    world = await World.create({ people: 8, settings });
    await world.start();
    await world.link();
    await untilWhole(world);
    id = await userIdOf(world, everywhere(world));
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each(FAULTS)('%s is %s, and the other four are whole', async (fault, code, retryAfterMs) => {
    const before = await askUser(world, id, 'STORED');
    const listsBefore = await askLists(world);
    expect(ofSource(before.verifications.nodes, source).length).toBeGreaterThan(0);
    world.sandbox(source).fault = fault;

    const stored = await askUser(world, id, 'STORED');
    expect(timeless(stored)).toEqual(timeless(before));
    expect(timeless(await askLists(world))).toEqual(timeless(listsBefore));

    for (const freshness of ['FRESH', 'LIVE']) {
      const answer = await askUser(world, id, freshness);
      const { nodes, sources } = answer.verifications;
      expect(reportOf(sources, source), freshness).toMatchObject({
        state: 'STALE',
        error: { code, retryAfterMs },
      });
      expect(reportOf(sources, source).asOf, freshness).toBe(
        reportOf(before.verifications.sources, source).asOf,
      );
      expect(answer.kyc.sources.map(({ source: of, state }) => [of, state])).toEqual(
        SOURCES.map((one) => [one, one === source ? 'STALE' : 'COMPLETE']),
      );
      expect(said(nodes), freshness).toEqual(said(before.verifications.nodes));
      for (const { provenance } of ofSource(nodes, source)) {
        expect(provenance, freshness).toEqual({ via: 'STORE', stale: true });
      }
      for (const row of notOf(nodes, source)) {
        const via = row.source === 'FINOGATES' ? 'STORE' : 'LIVE';
        expect(row.provenance, `${freshness} ${row.source}`).toEqual({ via, stale: false });
      }
      expect({ ...answer.kyc, sources: [] }, freshness).toEqual({ ...before.kyc, sources: [] });
      expect(answer.person, freshness).toEqual(before.person);
    }

    const moved = moveOne(world, source, everywhere(world));
    world.sandbox(source).fault = 'NONE';
    const after = await until('the source is whole again', async () => {
      const answer = await askUser(world, id, 'LIVE');
      return reportOf(answer.verifications.sources, source).state === 'COMPLETE' ? answer : null;
    });
    expect(
      ofSource(after.verifications.nodes, source).find((row) => row['externalId'] === moved.externalId),
    ).toMatchObject({ sourceStatus: moved.to, provenance: { via: 'LIVE', stale: false } });
    await untilLearnt(world, source, moved);
  });
});
