import { describe, expect, test } from 'vitest';

import { until } from '../harness/until.ts';
import { World } from '../harness/world.ts';
import {
  askInfo,
  askLists,
  askReports,
  askUser,
  everywhere,
  FAULTS,
  FRESHNESSES,
  moveOne,
  notOf,
  ofSource,
  reportOf,
  said,
  untilLearnt,
  untilWhole,
  userIdOf,
} from './questions.ts';

const SCANNED = 'FINOGATES';
const HEALTH: Readonly<Record<string, string>> = { LIMITED: 'DEGRADED' };

describe('a source that can only be scanned', () => {
  // Each in a world of its own, side by side: most of the time is spent on waiting for scans to come due.
  test.concurrent.each(FAULTS)('%s is %s, and the other four are whole', async (fault, code) => {
    await using world = await World.create({
      people: 6,
      settings: { [`${SCANNED}_SCAN_S`]: '1', [`${SCANNED}_TIMEOUT_MS`]: '800' },
    });
    await world.start();
    await world.link();
    await untilWhole(world);
    const id = await userIdOf(world, everywhere(world));
    const before = await askUser(world, id, 'STORED');
    const listsBefore = await askLists(world);

    world.sandbox(SCANNED).fault = fault;
    const down = await until('the failure is noted', async () => {
      const info = await askInfo(world, SCANNED);
      return info.lastError === null ? null : info;
    });
    expect(down).toMatchObject({ health: HEALTH[fault] ?? 'DOWN', lastError: { code } });

    await until(
      'its part is STALE',
      async () => reportOf(await askReports(world), SCANNED).state === 'STALE',
    );
    const lists = await askLists(world);
    // After eight failures in a row nobody asks any more.
    const codes = [code, 'SOURCE_CIRCUIT_OPEN'];
    expect(codes).toContain(reportOf(lists.verifications.sources, SCANNED).error?.code);
    for (const list of ['verifications', 'kycRecords', 'checks', 'idvApplications'] as const) {
      expect(lists[list].nodes, list).toEqual(listsBefore[list].nodes);
      expect(
        lists[list].sources.filter(({ source, state }) => source !== SCANNED && state !== 'COMPLETE'),
      ).toEqual([]);
    }
    expect(lists.users).toEqual(listsBefore.users);

    for (const freshness of FRESHNESSES) {
      const { verifications, kyc } = await askUser(world, id, freshness);
      const report = reportOf(verifications.sources, SCANNED);
      expect(report.state, freshness).toBe('STALE');
      expect(codes, freshness).toContain(report.error?.code);
      expect(said(verifications.nodes), freshness).toEqual(said(before.verifications.nodes));
      const stale = freshness !== 'STORED';
      for (const { provenance } of ofSource(verifications.nodes, SCANNED)) {
        expect(provenance, freshness).toEqual({ via: 'STORE', stale });
      }
      for (const { provenance } of notOf(verifications.nodes, SCANNED)) expect(provenance?.stale).toBe(false);
      expect({ ...kyc, sources: [] }, freshness).toEqual({ ...before.kyc, sources: [] });
      const unwell = [...verifications.sources, ...kyc.sources].filter(({ state }) => state !== 'COMPLETE');
      expect(new Set(unwell.map(({ source }) => source)), freshness).toEqual(new Set([SCANNED]));
    }

    const moved = moveOne(world, SCANNED, everywhere(world));
    world.sandbox(SCANNED).fault = 'NONE';
    await untilLearnt(world, SCANNED, moved);
    await untilWhole(world);
    expect(await askInfo(world, SCANNED)).toMatchObject({ health: 'UP', lastError: null });
  });
});
