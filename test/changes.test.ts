import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openGatewayStore } from '#gateway';
import { changeId, decodeId } from '#kyc/id';
import { addMilliseconds } from '#kyc/instant';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';

import { createFullWorld, moveAll, untilInStep } from './end-to-end/full-world.ts';
import type { World } from './harness/world.ts';

interface Change {
  readonly id: string;
  readonly cursor: string;
  readonly sequence: number;
  readonly verificationId: string;
  readonly from: string | null;
  readonly to: string;
  readonly effective: boolean;
  readonly learntBy: string;
  readonly user: { readonly id: string } | null;
  readonly verification: { readonly id: string; readonly status: string } | null;
}
interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Change }[];
  readonly nodes: readonly Change[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
const CHANGE = `id cursor sequence verificationId from to effective learntBy user { id } verification { id status }`;
const PAGE = `{ edges { cursor node { id } } nodes { ${CHANGE} } totalCount pageInfo { hasNextPage endCursor } }`;
/** Whatever moved is soon read. */
const PACE = {
  FINX_SCAN_S: '1',
  ROCKETKOR_SCAN_S: '1',
  UPVEST_POLL_S: '1',
  UPVEST_POLL_FINAL_S: '1',
  SUMVIN_POLL_S: '1',
  SUMVIN_POLL_FINAL_S: '1',
};
const EVERYTHING = { includeLate: true, includeBackfill: true };

let world: World;
/** What was held, and the place in the log that was given with it. */
let start: { readonly cursor: string; readonly held: ReadonlyMap<string, string> };

beforeAll(async () => {
  world = await createFullWorld({ people: 14, settings: PACE });
  start = await readHeld();
  moveAll(world, 3);
  await untilInStep(world);
}, 120_000);
afterAll(async () => await world[Symbol.asyncDispose]());

async function readHeld() {
  const { data } = await world.ask<{
    verifications: { nodes: readonly { id: string; status: string }[]; pageInfo: { hasNextPage: boolean } };
    changeCursor: string;
  }>('{ verifications(first: 200) { nodes { id status } pageInfo { hasNextPage } } changeCursor }');
  expect(data.verifications.pageInfo.hasNextPage).toBe(false);
  const held = new Map(data.verifications.nodes.map(({ id, status }) => [id, status]));
  return { cursor: data.changeCursor, held };
}

async function pageAfter(after: string | null, filter: object, first = 50): Promise<Page> {
  const query = `query ($after: String, $filter: StatusChangeFilter, $first: Int) {
    statusChanges(after: $after, filter: $filter, first: $first) ${PAGE}
  }`;
  const { data, errors } = await world.ask<{ statusChanges: Page }>(query, { after, filter, first });
  expect(errors).toEqual([]);
  return data.statusChanges;
}

async function allAfter(start: string | null, filter: object, first: number): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (let after = start; ; ) {
    const page = await pageAfter(after, filter, first);
    changes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return changes;
    after = page.pageInfo.endCursor;
  }
}

describe('the log over HTTP', () => {
  test('has after a cursor all that makes of what was read with it what is held now', async () => {
    const changes = await allAfter(start.cursor, EVERYTHING, 4);
    expect(changes.length).toBeGreaterThan(5);
    const folded = new Map(start.held);
    for (const { verificationId, to, effective } of changes) if (effective) folded.set(verificationId, to);
    expect(folded).toEqual((await readHeld()).held);
    for (const { verification, verificationId } of changes) expect(verification?.id).toBe(verificationId);
  });

  test('reaches its end on an empty page, from where each filter goes on', async () => {
    const nothing = await pageAfter(start.cursor, { sources: [] });
    expect(nothing).toMatchObject({ edges: [], totalCount: 0, pageInfo: { hasNextPage: false } });
    expect((await pageAfter(start.cursor, EVERYTHING)).nodes.length).toBeGreaterThan(0);
    expect((await pageAfter(nothing.pageInfo.endCursor, EVERYTHING)).nodes).toEqual([]);
  });

  test('leaves out first sights of a first scan unless they are asked for', async () => {
    const plain = await allAfter(null, {}, 200);
    const whole = await allAfter(null, EVERYTHING, 200);
    expect(plain.map(({ id }) => id)).toEqual(
      whole.filter((one) => one.effective && one.learntBy !== 'BACKFILL').map(({ id }) => id),
    );
    expect(whole.length).toBeGreaterThan(plain.length);
  });

  test('is told of each record in its history, and of each user in their timeline', async () => {
    const whole = await allAfter(null, EVERYTHING, 200);
    const users = [...new Set(whole.map(({ user }) => user?.id ?? ''))].filter((id) => id !== '').slice(0, 4);
    for (const id of users) {
      const { data, errors } = await world.ask<{
        user: {
          timeline: { nodes: readonly { id: string }[] };
          verifications: {
            nodes: readonly {
              id: string;
              history: { totalCount: number; nodes: readonly { id: string; sequence: number }[] };
            }[];
          };
        };
      }>(
        `query ($id: ID!) { user(id: $id, freshness: STORED) {
          timeline(first: 200) { nodes { id } }
          verifications(first: 50) { nodes { id history(first: 20) { totalCount nodes { id sequence } } } }
        } }`,
        { id },
      );
      expect(errors).toEqual([]);
      const { timeline, verifications } = data.user;
      const own = new Set(verifications.nodes.map((record) => record.id));
      expect(timeline.nodes.map((one) => one.id)).toEqual(
        whole.filter(({ verificationId }) => own.has(verificationId)).map((one) => one.id),
      );
      for (const { id: record, history } of verifications.nodes) {
        expect(history.nodes.map((one) => one.id)).toEqual(
          whole.filter(({ verificationId }) => verificationId === record).map((one) => one.id),
        );
        expect(history.nodes.map(({ sequence }) => sequence)).toEqual(history.nodes.map((_, at) => at + 1));
        expect(history.totalCount).toBe(history.nodes.length);
      }
    }
  });

  test('gives rows again by their ids, and nothing for ids of rows that are none', async () => {
    const [change] = await allAfter(start.cursor, {}, 10);
    const decoded = decodeId(change?.id ?? '');
    const [epoch = '', position = ''] = decoded !== null && 'key' in decoded ? decoded.key.split('.') : [];
    const places = Array.from({ length: Number(position) }, (_, at) => at + 1).slice(-150);
    const ofUsers = places.map((at) => changeId('UserKycChange', { epoch, position: at }));
    const others = [
      changeId('StatusChange', { epoch, position: 1_000_000 }),
      changeId('StatusChange', { epoch: 'another', position: Number(position) }),
      changeId('UserKycChange', { epoch, position: Number(position) }),
    ];
    const { data, errors } = await world.ask<{ nodes: readonly (Partial<Change> | null)[] }>(
      `query ($ids: [ID!]!) { nodes(ids: $ids) {
        id ... on StatusChange { ${CHANGE} } ... on UserKycChange { userId cause nextAction user { id } }
      } }`,
      { ids: [change?.id, ...others, ...ofUsers] },
    );
    expect(errors).toEqual([]);
    const { cursor: _, ...row } = change ?? expect.unreachable();
    expect(data.nodes.slice(0, 4)).toEqual([expect.objectContaining(row), null, null, null]);
    const answers = data.nodes.slice(4).filter((node) => node !== null);
    expect(answers.length).toBeGreaterThan(5);
    expect(answers[0]).toMatchObject({ userId: expect.any(String), user: { id: expect.any(String) } });
  });

  test('opens no cursor that it did not make, and none of another list', async () => {
    const codeOf = async (after: string) => {
      const { errors } = await world.ask(
        'query ($after: String) { statusChanges(after: $after) { totalCount } }',
        {
          after,
        },
      );
      expect(JSON.stringify(errors)).not.toContain(after);
      return errors.map(({ extensions }) => extensions?.['code']);
    };
    const { data } = await world.ask<{ users: { pageInfo: { endCursor: string } } }>(
      '{ users(first: 1) { pageInfo { endCursor } } }',
    );
    const { cursor } = start;
    const changed = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`;
    for (const forged of ['rubbish', changed, cursor.slice(1), data.users.pageInfo.endCursor])
      expect(await codeOf(forged)).toEqual(['BAD_USER_INPUT']);
  });

  test('says that a cursor is older than what is kept and how to start over, and goes on for who does', async () => {
    await world.stop();
    const { store } = await openGatewayStore(readSettings(world.environment, rooms));
    const later = addMilliseconds(await store.now(), 60_000);
    while ((await store.changes.forget(later, 100)) > 0);
    await store.close();
    await world.start();
    const { data, errors } = await world.ask(
      'query ($after: String) { statusChanges(after: $after) { totalCount } }',
      {
        after: start.cursor,
      },
    );
    expect([data, errors.map(({ extensions }) => extensions?.['code'])]).toEqual([null, ['CURSOR_EXPIRED']]);
    expect(errors[0]?.message).toContain('changeCursor');
    const anew = await readHeld();
    expect((await pageAfter(anew.cursor, EVERYTHING)).nodes).toEqual([]);
    moveAll(world, 1);
    await untilInStep(world);
    expect((await allAfter(anew.cursor, EVERYTHING, 10)).length).toBeGreaterThan(0);
  });
});
