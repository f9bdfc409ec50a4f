import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FetchedRecord } from '#kyc/fetched-record';
import { verificationId } from '#kyc/id';
import type { KnownVerification } from '#kyc/known-verification';
import { matchesFilter } from '#kyc/match-filter';
import type { Page, PageRequest, Position } from '#kyc/page';
import { SEES_ALL, type Sight } from '#kyc/sight';
import { compareByOrder, comparePositions, positionIn, slicePage } from '#kyc/slice-page';
import type { User } from '#kyc/user';
import type { VerificationFilter } from '#kyc/verification-filter';

import { effort } from './effort.ts';
import { anyFilter, anyOrder, anyPage, anySight, PARTNER } from './random-queries.ts';
import { ingestSource, people, randomRecords, sources } from './random-records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { type HeldInMemory, SeenInMemory } from './seen-in-memory.ts';

const BATCHES = 9;
const RUNS = 30 * effort;

/** Pages, counts and filters agree with the same list sorted, filtered and cut in memory. */
export function pageBehaviours(open: OpenFresh): void {
  describe('pages', () => {
    let test: ReopenableStore;
    let held: HeldInMemory;

    beforeAll(async () => {
      test = await open();
      held = await fill(test);
    });
    afterAll(async () => await test.remove());

    it('give the same rows in the same order as the list in memory, both ways, from any place', async () => {
      const ids = held.users.map((user) => user.id);
      await fc.assert(
        fc.asyncProperty(
          anyFilter(ids),
          anyOrder,
          anySight(ids),
          fc.nat(),
          async (filter, order, sight, pick) => {
            const list = meantIn(held, filter, sight).toSorted(compareByOrder(order));
            const [request] = fc.sample(anyPage(list.map(positionIn(order))), { numRuns: 1, seed: pick });
            if (request === undefined) return;
            const page = await test.store.pageVerifications({ filter, order, page: request }, sight);
            const expected = slicePage(list, request, positionIn(order), order.direction);
            expect(idsOf(page)).toEqual(idsOf(expected));
          },
        ),
        { numRuns: RUNS },
      );
    });

    it('give each row once when they are put together, forwards and backwards', async () => {
      const order = fc.tuple(anyOrder, fc.constantFrom<PageRequest['direction']>('FORWARD', 'BACKWARD'));
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: 70 }), async ([by, direction], take) => {
          const read = (page: PageRequest) =>
            test.store.pageVerifications({ filter: {}, order: by, page }, SEES_ALL);
          const walked = await walk(read, { take, direction, positionOf: positionIn(by) });
          expect(walked).toEqual(held.verifications.toSorted(compareByOrder(by)).map(({ id }) => id));
        }),
        { numRuns: 20 },
      );
    });

    it('are counted as they are listed', async () => {
      const ids = held.users.map((user) => user.id);
      await fc.assert(
        fc.asyncProperty(anyFilter(ids), anySight(ids), async (filter, sight) => {
          expect(await test.store.countVerifications(filter, sight)).toBe(
            meantIn(held, filter, sight).length,
          );
        }),
        { numRuns: RUNS },
      );
    });

    it('of users go by newest createdAt, then id, and show no identity out of sight', async () => {
      const positionOf = (user: User) => ({ value: user.createdAt, id: user.id });
      const ids = held.users.map((user) => user.id);
      await fc.assert(
        fc.asyncProperty(anySight(ids), fc.nat(), async (sight, pick) => {
          const list = new SeenInMemory(held, sight)
            .users()
            .toSorted((one, other) => comparePositions(positionOf(one), positionOf(other), 'DESC'));
          const [request] = fc.sample(anyPage(list.map(positionOf)), { numRuns: 1, seed: pick });
          if (request === undefined) return;
          const page = await test.store.pageUsers({ filter: {}, page: request }, sight);
          expect(page).toEqual(slicePage(list, request, positionOf, 'DESC'));
          expect(await test.store.countUsers({}, sight)).toBe(list.length);
        }),
        { numRuns: 20 * effort },
      );
    });
  });
}

/** Fills an empty store with records of all kinds, some of them of linked people; `spread` may give each other times. */
export async function fill(
  { store }: ReopenableStore,
  spread: (record: FetchedRecord, at: number) => FetchedRecord = (record) => record,
): Promise<HeldInMemory> {
  const ids: string[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const records = randomRecords(`b${batch}`, 30, batch).map((record, at) =>
      spread(record, 30 * batch + at),
    );
    const source = ingestSource(sources[batch % sources.length] ?? raise());
    const reads = [{ readStartedAt: await store.now(), records, identitiesRead: [] }];
    await store.ingest({ source, learntBy: 'POLL', reads, scan: null });
    ids.push(
      ...records.map(({ verification: { kind, externalId } }) => verificationId(kind, source.id, externalId)),
    );
  }
  const [alpha, beta] = sources;
  if (alpha === undefined || beta === undefined) return raise();
  await store.linkIdentities(
    people.slice(0, 4).map((externalId) => [
      { source: alpha, externalId },
      { source: beta, externalId },
    ]),
    'tester',
  );
  return await readAll(store, ids);
}

async function readAll(store: ReopenableStore['store'], ids: readonly string[]): Promise<HeldInMemory> {
  const verifications = (await store.readVerifications(ids, SEES_ALL)).flatMap((known) => known ?? []);
  const refs = sources.flatMap((source) => people.map((externalId) => ({ source, externalId })));
  const owners = await store.readUsersByIdentity(refs, SEES_ALL);
  const users = new Map(owners.flatMap((user) => (user === null ? [] : [[user.id, user] as const])));
  const granted = [...users.keys()].filter((_, index) => index % 5 === 0);
  const grants = granted.map((value) => ({ partner: PARTNER, kind: 'USER' as const, value }));
  await store.grants.grant(grants, 'tester');
  return { verifications, users: [...users.values()], granted: new Map([[PARTNER, new Set(granted)]]) };
}

/** The verifications that a filter means and a caller sees. */
export function meantIn(
  held: HeldInMemory,
  filter: VerificationFilter,
  sight: Sight,
): readonly KnownVerification[] {
  const seen = new SeenInMemory(held, sight);
  const { userId } = filter;
  return seen
    .verifications()
    .filter((known) => matchesFilter(known, filter))
    .filter((known) => userId === undefined || seen.countsFor(known, userId));
}

async function walk(
  read: (page: PageRequest) => Promise<Page<KnownVerification>>,
  how: {
    take: number;
    direction: PageRequest['direction'];
    positionOf: (row: KnownVerification) => Position;
  },
): Promise<readonly string[]> {
  const forward = how.direction === 'FORWARD';
  const walked: string[] = [];
  let at: Position | null = null;
  for (;;) {
    const place = forward ? { after: at, before: null } : { after: null, before: at };
    const page: Page<KnownVerification> = await read({ take: how.take, direction: how.direction, ...place });
    const ids = page.rows.map(({ id }) => id);
    walked.splice(forward ? walked.length : 0, 0, ...ids);
    const last = page.rows.at(forward ? -1 : 0);
    expect(forward ? page.hasPrevious : page.hasNext).toBe(at !== null);
    if (!(forward ? page.hasNext : page.hasPrevious) || last === undefined) return walked;
    at = how.positionOf(last);
  }
}

function idsOf(page: Page<{ id: string }>) {
  return { ...page, rows: page.rows.map(({ id }) => id) };
}

function raise(): never {
  throw new TypeError('There are three sources.');
}
