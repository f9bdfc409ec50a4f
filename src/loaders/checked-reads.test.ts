import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import { fill } from '#store/behaviours/pages';
import { anySight } from '#store/behaviours/random-queries';
import { people, sources } from '#store/behaviours/random-records';
import type { ReopenableStore } from '#store/behaviours/reopen';
import type { HeldInMemory } from '#store/behaviours/seen-in-memory';
import type { Store } from '#store/store';
import type { StoreReads } from '#store/store-reads';
import { embeddedOpener } from '#store/testing/open-embedded-fresh';
import { readLog } from '#store/testing/read-log';

import { createRequestReads } from './checked-reads.ts';

const REFS = sources.flatMap((source) => people.map((externalId) => ({ source, externalId })));
const ORDER = { by: 'lastChangedAt', direction: 'DESC' } as const;
const PAGE = { take: 200, direction: 'FORWARD', after: null, before: null } as const;

const open = embeddedOpener();
let opened: ReopenableStore;
let held: HeldInMemory;
beforeAll(async () => {
  opened = await open();
  held = await fill(opened);
});
afterAll(() => opened.remove());

/** A store that filters nothing, whatever the sight. */
function careless({ grants, ...store }: Store): Store {
  return {
    ...store,
    grants,
    readUsers: (ids) => store.readUsers(ids, SEES_ALL),
    readUsersByIdentity: (refs) => store.readUsersByIdentity(refs, SEES_ALL),
    readVerifications: (ids) => store.readVerifications(ids, SEES_ALL),
    readVerificationsOfUsers: (ids) => store.readVerificationsOfUsers(ids, SEES_ALL),
    readRaw: (id) => store.readRaw(id, SEES_ALL),
    pageVerifications: (query) => store.pageVerifications(query, SEES_ALL),
    pageUsers: (query) => store.pageUsers(query, SEES_ALL),
    changes: {
      ...store.changes,
      readStatusChanges: (query) => store.changes.readStatusChanges(query, SEES_ALL),
      readUserKycChanges: (query) => store.changes.readUserKycChanges(query, SEES_ALL),
      pageStatusChanges: (query) => store.changes.pageStatusChanges(query, SEES_ALL),
      readAt: (position) => store.changes.readAt(position, SEES_ALL),
    },
  };
}

/** All that reads of single rows give, each as ids. */
async function readAll(store: StoreReads, sight: Sight) {
  const records = held.verifications.map(({ id }) => id);
  const users = held.users.map(({ id }) => id);
  const seenUsers = users.filter((_, at) => at % 2 === 0);
  const ofUsers = await store.readVerificationsOfUsers(seenUsers, sight);
  const page = await store.pageVerifications(
    { filter: {}, order: ORDER, page: { ...PAGE, take: 2000 } },
    sight,
  );
  const usersPage = await store.pageUsers({ filter: {}, page: PAGE }, sight);
  const changes = await readLog(store, sight);
  const pageOfLog = { take: 10_000, direction: 'FORWARD', after: null, before: null } as const;
  const { rows: statusChanges } = await store.changes.pageStatusChanges(
    { filter: {}, page: pageOfLog },
    sight,
  );
  const single = await Promise.all([1, 50, 100].map(async (at) => await store.changes.readAt(at, sight)));
  const raw = await Promise.all(records.slice(0, 5).map(async (id) => await store.readRaw(id, sight)));
  return {
    records: (await store.readVerifications(records, sight)).map((known) => known?.id),
    raw: raw.map((payload) => payload === null),
    users: await store.readUsers(users, sight),
    byIdentity: await store.readUsersByIdentity(REFS, sight),
    ofUsers: new Map([...ofUsers].map(([id, list]) => [id, list.map((known) => known.id)])),
    page: page.rows.map(({ id }) => id),
    usersPage: usersPage.rows,
    changes: changes.map(({ position }) => position),
    statusChanges: statusChanges.map(({ position }) => position),
    single: single.map((row) => row?.position),
  };
}

describe('rows on their way out', () => {
  test('are those of the caller though the store gives every row, and what was too much is noted', async () => {
    const ids = held.users.map(({ id }) => id);
    await fc.assert(
      fc.asyncProperty(anySight(ids), async (sight) => {
        let noted = 0;
        const { store } = createRequestReads(careless(opened.store), sight, (rows) => {
          noted += rows;
        });
        const { ofUsers, ...given } = await readAll(store, sight);
        const { ofUsers: expectedOfUsers, ...expected } = await readAll(opened.store, sight);
        expect(given).toEqual(expected);
        // By which of their identities records count for users in part, the loaders judge.
        for (const [id, records] of ofUsers) {
          expect(expected.records).toEqual(expect.arrayContaining(records));
          expect(records).toEqual(expect.arrayContaining(expectedOfUsers.get(id) ?? []));
        }
        const { ofUsers: _, ...everything } = await readAll(opened.store, SEES_ALL);
        expect(noted > 0).toBe(JSON.stringify(everything) !== JSON.stringify(expected));
      }),
      { numRuns: 25 },
    );
  });

  test('are all there, and nothing is noted, where the store does as it should', async () => {
    const ids = held.users.map(({ id }) => id);
    await fc.assert(
      fc.asyncProperty(anySight(ids), async (sight) => {
        const { store } = createRequestReads(opened.store, sight, () => expect.unreachable());
        expect(await readAll(store, sight)).toEqual(await readAll(opened.store, sight));
      }),
      { numRuns: 15 },
    );
  });

  test('are the same store, unread, for who sees all', () => {
    const { store } = createRequestReads(opened.store, SEES_ALL, () => expect.unreachable());
    expect(store).toBe(opened.store);
  });

  test('ask for the grants of a partner once for many users', async () => {
    const asked: number[] = [];
    const { grants } = opened.store;
    const counting: Store = {
      ...opened.store,
      grants: {
        ...grants,
        holdsUsers: async (partner, ids) => {
          asked.push(ids.length);
          return await grants.holdsUsers(partner, ids);
        },
      },
    };
    const sight = { ...SEES_NOTHING, partner: 'partner' };
    const { store, check } = createRequestReads(counting, sight, () => expect.unreachable());
    const { rows } = await store.pageUsers({ filter: {}, page: PAGE }, sight);
    expect(rows.length).toBeGreaterThan(3);
    await store.readUsers(
      rows.map(({ id }) => id),
      sight,
    );
    await Promise.all(rows.map(async ({ id }) => expect(await check.seesWhole(id)).toBe(true)));
    expect(asked).toEqual([rows.length]);
  });
});
