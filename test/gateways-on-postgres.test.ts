import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Gateway } from '#gateway';
import { postgresServer } from '#store/testing/postgres-databases';

import { compareRecords } from './end-to-end/compare.ts';
import { moveAll, untilInStep } from './end-to-end/full-world.ts';
import { expectedOf } from './end-to-end/holdings.ts';
import { readList } from './end-to-end/read-list.ts';
import { usersOf } from './end-to-end/users.ts';
import { ask } from './harness/ask.ts';
import { expectWholeLog } from './harness/expect-whole-log.ts';
import { reveal } from './harness/reveal.ts';
import { otherWay, sharesOf, waysOf } from './harness/shared-work.ts';
import { until } from './harness/until.ts';
import { World } from './harness/world.ts';

/** All sources are read all the time. */
const PACE = {
  FINOGATES_SCAN_S: '1',
  FINX_SCAN_S: '1',
  ROCKETKOR_SCAN_S: '1',
  UPVEST_POLL_S: '1',
  UPVEST_POLL_FINAL_S: '1',
  SUMVIN_POLL_S: '1',
  SUMVIN_POLL_FINAL_S: '1',
};

describe.skipIf(postgresServer === null)('two gateways on one PostgreSQL database', () => {
  let world: World;
  let another: Gateway;
  let other: string;

  beforeAll(async () => {
    world = await World.create({ people: 60, settings: PACE, store: 'POSTGRES' });
    [, another] = await Promise.all([world.start(), world.startAnother(otherWay(world))]);
    other = another.url;
    await world.link();
    for (let round = 0; round < 3; round += 1) {
      moveAll(world, 10);
      await untilInStep(world);
    }
  }, 120_000);
  afterAll(async () => await world[Symbol.asyncDispose]());

  test('give every record once, and right in every field', async () => {
    const users = await usersOf(world);
    await reveal((query) => world.ask(query), [...new Set(users.values())]);
    const given = await readList(world, { list: 'verifications', pageSize: 31 });
    compareRecords(given, expectedOf(world), users);
  });

  test('answer alike, and each goes on where a cursor of the other stands', async () => {
    const here = await walk([world.url]);
    expect(here.length).toBe(expectedOf(world).length);
    expect(await walk([other])).toEqual(here);
    expect(await walk([world.url, other])).toEqual(here);
  });

  test('write each change once, in one log without holes', async () => {
    expect(await expectWholeLog(world.database)).toBeGreaterThan(200);
  });

  /** By which ways each source is asked from now on, where nobody asks the gateways anything. */
  async function waysFromNowOn(): Promise<readonly ReadonlySet<string>[]> {
    const marks = new Map(SOURCES.map((source) => [source, world.sandbox(source).requests.length]));
    const isAsked = (source: string) => world.sandbox(source).requests.length > (marks.get(source) ?? 0) + 1;
    await until('each source was asked twice', () => SOURCES.every(isAsked), PATIENCE_MS);
    return SOURCES.map((source) => waysOf(world, source, marks.get(source) ?? 0));
  }

  test('ask each source by one of them, and both ask some', async () => {
    await until('they share the work', async () => isEven(await sharesOf(world)), PATIENCE_MS);
    const ways = await waysFromNowOn();
    expect(ways.map(({ size }) => size)).toEqual(SOURCES.map(() => 1));
    expect(new Set(ways.flatMap((of) => [...of])).size).toBe(2);
  });

  test('go on, both of them, when the database ends all connections', async () => {
    await world.database.run(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await waysFromNowOn();
    const readiness = [world.url, other].map((url) => fetch(new URL('/ready', url)));
    expect((await Promise.all(readiness)).map(({ status }) => status)).toEqual([200, 200]);
    await until('they share the work again', async () => isEven(await sharesOf(world)), PATIENCE_MS);
  });

  test('take up where they stopped', async () => {
    const before = await walk([other]);
    await world.stop();
    await world.start();
    expect(await walk([world.url])).toEqual(before);
  });

  test('leave all the work to the one that stays', async () => {
    await another.close();
    const hasAll = async () => (await sharesOf(world)).toString() === String(SOURCES.length + 1);
    await until('it has all', hasAll, PATIENCE_MS);
    expect(new Set((await waysFromNowOn()).flatMap((of) => [...of])).size).toBe(1);
  });
});

const SOURCES = ['FINOGATES', 'FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];
const PATIENCE_MS = 60_000;

/** Each source, and what concerns none, is one piece of work. */
function isEven([one, two, ...more]: readonly number[]): boolean {
  return one === 3 && two === 3 && more.length === 0;
}

/** All records in the order of their ids' creation, the pages read from each gateway in turn. */
async function walk(urls: readonly string[]): Promise<readonly unknown[]> {
  const nodes: unknown[] = [];
  for (let after: string | null = null, page = 0; ; page += 1) {
    const url = urls[page % urls.length] ?? '';
    const { data, errors }: Awaited<ReturnType<typeof ask<Page>>> = await ask<Page>(url, QUERY, { after });
    expect(errors).toEqual([]);
    nodes.push(...data.list.nodes);
    if (!data.list.pageInfo.hasNextPage) return nodes;
    after = data.list.pageInfo.endCursor;
  }
}

interface Page {
  readonly list: {
    readonly nodes: readonly unknown[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

const QUERY = `query ($after: String) {
  list: verifications(first: 23, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
    nodes { id source externalId status statusReason sourceStatus createdAt updatedAt user { id } }
    pageInfo { hasNextPage endCursor }
  }
}`;
