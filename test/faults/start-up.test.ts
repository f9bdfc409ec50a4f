import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { found } from '../harness/bench.ts';
import { until } from '../harness/until.ts';
import { World } from '../harness/world.ts';
import {
  askInfo,
  askLists,
  askReports,
  askUser,
  everywhere,
  FRESHNESSES,
  ofSource,
  reportOf,
  SOURCES,
  strangersId,
  untilWhole,
  userIdOf,
} from './questions.ts';

/** How an outage is told, before and after the circuit has opened. */
// On a busy machine the deadline may end an attempt before the connection is refused.
const OUTAGE = ['SOURCE_UNREACHABLE', 'SOURCE_CIRCUIT_OPEN', 'SOURCE_TIMEOUT'];

/** The owners' credentials as a file of settings: nobody must be connected while the source is down. */
function writeOwners(world: World): string {
  const sandbox = world.sandbox('SUMVIN');
  const lines = world.people.flatMap((person) => {
    const owner = sandbox.credentialOf(person);
    const externalId = sandbox.externalUserIdOf(person);
    return owner === null
      ? []
      : [JSON.stringify({ externalId, pat: owner.credential, tenant: owner.tenant })];
  });
  const file = join(world.folder, 'owners.jsonl');
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('a gateway that starts while a source is down', () => {
  test.concurrent.each(SOURCES)('answers without %s, and has all of it when it is back', async (source) => {
    await using world = await World.create({ people: 6 });
    const sandbox = world.sandbox(source);
    sandbox.fault = 'DOWN';
    await world.start({ SUMVIN_PATS_FILE: writeOwners(world) });
    await world.link();
    await until('the others are whole, and it is known to be down', async () => {
      const reports = await askReports(world);
      const others = reports.filter((report) => report.source !== source);
      const isDown = reportOf(reports, source).state === 'UNAVAILABLE';
      return isDown && others.every(({ state }) => state === 'COMPLETE');
    });
    const lists = await askLists(world);
    expect(OUTAGE).toContain(reportOf(lists.verifications.sources, source).error?.code);
    expect(reportOf(lists.verifications.sources, source).asOf).toBeNull();
    expect(ofSource(lists.verifications.nodes, source)).toEqual([]);
    expect(await askInfo(world, source)).toMatchObject({ health: 'DOWN', recordCount: 0 });

    const id = await userIdOf(world, everywhere(world));
    for (const freshness of FRESHNESSES) {
      const { verifications, kyc } = await askUser(world, id, freshness);
      expect(ofSource(verifications.nodes, source), freshness).toEqual([]);
      expect(verifications.nodes.length, freshness).toBeGreaterThanOrEqual(4);
      for (const report of [...verifications.sources, ...kyc.sources]) {
        expect(report.state, `${freshness} ${report.source}`).toBe(
          report.source === source ? 'UNAVAILABLE' : 'COMPLETE',
        );
        if (report.source === source) expect(report.error, freshness).not.toBeNull();
      }
    }

    sandbox.fault = 'NONE';
    await untilWhole(world);
    const { verifications } = await askLists(world);
    expect(ofSource(verifications.nodes, source)).toHaveLength(sandbox.records().length);
    expect(await askInfo(world, source)).toMatchObject({ health: 'UP', lastError: null });
    const after = await askUser(world, id, 'LIVE');
    expect(after.verifications.sources.map(({ state }) => state)).toEqual(Array(5).fill('COMPLETE'));
  });
});

describe('an identity or a record that nobody has seen', () => {
  test('is null with the code of the failure, HTTP 200, while its source cannot say; null alone when it can', async () => {
    await using world = await World.create({
      people: 6,
      settings: { UPVEST_TIMEOUT_MS: '950', FINX_TIMEOUT_MS: '950' },
    });
    await world.start();
    await untilWhole(world);
    world.sandbox('UPVEST').fault = 'LIMITED';
    world.sandbox('FINX').fault = 'SLOW';
    const externalId = strangersId('nobody');
    const query = `query ($externalId: ID!) {
      user: userByIdentity(source: UPVEST, externalId: $externalId) { id }
      record: verificationByExternalId(source: FINX, externalId: $externalId) { id }
      users { totalCount } }`;
    const answer = await world.ask<Record<string, unknown>>(query, { externalId });
    expect(answer.httpStatus).toBe(200);
    expect(answer.data).toEqual({ user: null, record: null, users: { totalCount: expect.any(Number) } });
    const errors = answer.errors.map(({ path, extensions }) => [path?.[0], extensions]);
    expect(Object.fromEntries(errors)).toEqual({
      user: { code: 'SOURCE_RATE_LIMITED', retryAfterMs: 1000, requestId: expect.any(String) },
      record: { code: 'SOURCE_TIMEOUT', requestId: expect.any(String) },
    });
    expect(JSON.stringify(answer.errors)).not.toContain(externalId);

    world.sandbox('UPVEST').fault = 'NONE';
    world.sandbox('FINX').fault = 'NONE';
    const calm = await world.ask<Record<string, unknown>>(query, { externalId });
    expect(calm).toMatchObject({ httpStatus: 200, errors: [], data: { user: null, record: null } });
    expect(found(calm.data['users'])).toEqual(found(answer.data['users']));
  });
});
