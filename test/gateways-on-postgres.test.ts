import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { postgresServer } from '#store/testing/postgres-databases';

import { compareRecords } from './end-to-end/compare.ts';
import { moveAll, untilInStep } from './end-to-end/full-world.ts';
import { expectedOf } from './end-to-end/holdings.ts';
import { readList } from './end-to-end/read-list.ts';
import { usersOf } from './end-to-end/users.ts';
import { ask } from './harness/ask.ts';
import { reveal } from './harness/reveal.ts';
import { World } from './harness/world.ts';

/** Both gateways read all sources all the time. */
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
  let other: string;

  beforeAll(async () => {
    world = await World.create({ people: 60, settings: PACE, store: 'POSTGRES' });
    const [, another] = await Promise.all([world.start(), world.startAnother()]);
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
    const { database } = world;
    const log = await database.run('select * from changes order by position');
    expect(log.length).toBeGreaterThan(200);
    expect(log.map((row) => Number(row['position']))).toEqual(log.map((_, index) => index + 1));
    for (const rows of Map.groupBy(log, (row) => row['subject_id']).values()) {
      expect(rows.map((row) => Number(row['sequence']))).toEqual(rows.map((_, index) => index + 1));
      const effective = rows.filter((row) => Number(row['effective']) === 1);
      expect(effective.map((row) => row['from_status'])).toEqual([
        null,
        ...effective.slice(0, -1).map((row) => row['to_status']),
      ]);
      const told = effective.map((row) => JSON.stringify(WORDS.map((word) => row[word])));
      expect(told.filter((words, index) => words === told[index - 1])).toEqual([]);
    }
    const wrong = await database.run(
      'select 1 from verifications v where sequence <> (select count(*) from changes where subject_id = v.id)',
    );
    expect(wrong).toEqual([]);
  });

  test('take up where they stopped', async () => {
    const before = await walk([other]);
    await world.stop();
    await world.start();
    expect(await walk([world.url])).toEqual(before);
  });
});

const WORDS = ['to_status', 'reason', 'source_status', 'outcome', 'next_action', 'because_id'];

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
