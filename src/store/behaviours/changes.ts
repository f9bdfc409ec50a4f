import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { StatusChange, UserKycChange } from '#kyc/change';
import type { StatusChangeFilter, UserKycChangeFilter } from '#kyc/change-filter';
import type { Instant } from '#kyc/instant';
import { isLimitedToSources, SEES_ALL, type Sight, seesWhole } from '#kyc/sight';
import { slicePage } from '#kyc/slice-page';
import { type KycStatus, kycStatuses } from '#kyc/status';
import { verificationKinds } from '#kyc/verification-core';
import { type LogEntry, PositionLostError } from '#store/changes/changes';
import { readLog, toTheEnd } from '#store/testing/read-log';

import { effort } from './effort.ts';
import { fill } from './pages.ts';
import { anySight } from './random-queries.ts';
import { ingestSource, randomRecords, sources } from './random-records.ts';
import { at } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { type HeldInMemory, SeenInMemory } from './seen-in-memory.ts';

const RUNS = 15 * effort;
const BATCHES = 9;

interface Filled {
  readonly held: HeldInMemory;
  readonly log: readonly (StatusChange | UserKycChange)[];
  /** Every id that any user ever had, and whose it is. */
  readonly present: ReadonlyMap<string, string>;
}

/** Whatever is asked of the log is what the same log gives when it is filtered and cut in memory. */
export function changeBehaviours(open: OpenFresh): void {
  describe('the log of changes', () => {
    let test: ReopenableStore;
    let filled: Filled;

    beforeAll(async () => {
      test = await open();
      filled = await fillLog(test);
    });
    afterAll(async () => await test.remove());

    const anyQuery = (): fc.Arbitrary<[StatusChangeFilter, Sight]> =>
      fc.tuple(anyChangeFilter(filled), anySight(filled.held.users.map(({ id }) => id)));

    it('gives pages as the list in memory, both ways, from any place, and says how far it reached', async () => {
      const { changes } = test.store;
      const place = fc.option(fc.nat({ max: filled.log.length }), { freq: 2 });
      const anyPage = fc.record({
        take: fc.integer({ min: 0, max: 20 }),
        direction: fc.constantFrom('FORWARD' as const, 'BACKWARD' as const),
        after: place,
        before: place,
      });
      await fc.assert(
        fc.asyncProperty(anyQuery(), anyPage, async ([filter, sight], page) => {
          const list = statusChangesMeant(filled, filter, sight);
          const { reached, ...given } = await changes.pageStatusChanges({ filter, page }, sight);
          const padded = { ...page, after: placeOf(page.after), before: placeOf(page.before) };
          expect(given).toEqual(slicePage(list, padded, ({ position }) => placeOf(position), 'ASC'));
          if (page.direction === 'BACKWARD') return;
          const last = given.rows.at(-1)?.position ?? page.after ?? 0;
          expect(reached).toBeGreaterThanOrEqual(last);
          expect(list.filter(({ position }) => position > last && position <= reached)).toEqual([]);
          if (!given.hasNext && page.before === null) expect(reached).toBe(filled.log.length);
        }),
        { numRuns: RUNS },
      );
    });

    it('is read on in steps without a gap, to its end, and counted as it is read', async () => {
      const { changes } = test.store;
      await fc.assert(
        fc.asyncProperty(anyQuery(), fc.integer({ min: 1, max: 50 }), async ([filter, sight], limit) => {
          const list = statusChangesMeant(filled, filter, sight);
          let end = 0;
          const read = await toTheEnd(0, async (after) => {
            const step = await changes.readStatusChanges({ after, limit, filter }, sight);
            expect(step.rows.length).toBeLessThanOrEqual(limit);
            end = step.reached;
            return step;
          });
          expect(read).toEqual(list);
          expect(end).toBe(filled.log.length);
          expect(await changes.head()).toBe(end);
          expect(await changes.countStatusChanges(filter, sight)).toBe(list.length);
        }),
        { numRuns: RUNS },
      );
    });

    it('gives the answers of those who are seen whole, by any id that they ever had', async () => {
      const { changes } = test.store;
      const ids = filled.held.users.map(({ id }) => id);
      await fc.assert(
        fc.asyncProperty(anyUserFilter(filled), anySight(ids), async (filter, sight) => {
          const read = await toTheEnd(0, (after) =>
            changes.readUserKycChanges({ after, limit: 20, filter }, sight),
          );
          expect(read).toEqual(userKycChangesMeant(filled, filter, sight));
        }),
        { numRuns: RUNS },
      );
    });

    it('names for each row whom it concerns: all that a filter by any of their ids finds, and nothing else', async () => {
      const { changes } = test.store;
      const entries: LogEntry[] = [];
      for (let after = 0; ; ) {
        const step = await changes.readEntries({ after, limit: 64 });
        entries.push(...step.entries);
        if (step.reached === after) break;
        after = step.reached;
      }
      const userIds = expect.any(Array);
      expect(entries).toEqual(filled.log.map((row) => ({ ...entryOf(row), userIds })));
      const limit = filled.log.length;
      for (const id of filled.present.keys()) {
        const filter = { includeLate: true, includeBackfill: true, userIds: [id] };
        const read = [
          ...(await toTheEnd(0, (after) => changes.readStatusChanges({ after, limit, filter }, SEES_ALL))),
          ...(await toTheEnd(0, (after) => changes.readUserKycChanges({ after, limit, filter }, SEES_ALL))),
        ];
        const found = read.map(({ position }) => position).toSorted((one, other) => one - other);
        const named = entries.filter(({ userIds }) => userIds.includes(id));
        expect(named.map(({ position }) => position)).toEqual(found);
      }
      expect(await changes.readEntries({ after: limit, limit: 1 })).toEqual({ entries: [], reached: limit });
      await expect(changes.readEntries({ after: limit + 1, limit: 1 })).rejects.toThrow(PositionLostError);
    });

    it('gives each row by its position to who sees it, and nothing to others', async () => {
      const ids = filled.held.users.map(({ id }) => id);
      const everything = { includeLate: true, includeBackfill: true };
      await fc.assert(
        fc.asyncProperty(anySight(ids), fc.nat({ max: filled.log.length + 1 }), async (sight, position) => {
          const seen = [
            ...statusChangesMeant(filled, everything, sight),
            ...userKycChangesMeant(filled, everything, sight),
          ];
          const row = seen.find((one) => one.position === position) ?? null;
          expect(await test.store.changes.readAt(position, sight)).toEqual(row);
        }),
        { numRuns: RUNS },
      );
    });
  });
}

function entryOf(row: StatusChange | UserKycChange): Omit<LogEntry, 'userIds'> {
  const { position, from, to, observedAt } = row;
  const common = { position, from, to, observedAt };
  return 'verificationId' in row
    ? {
        ...common,
        type: 'STATUS',
        verificationId: row.verificationId,
        source: row.source,
        kind: row.kind,
        effective: row.effective,
        isBackfill: row.learntBy === 'BACKFILL',
      }
    : {
        ...common,
        type: 'USER',
        verificationId: null,
        source: null,
        kind: null,
        effective: true,
        isBackfill: row.cause === 'BACKFILL',
      };
}

/** A log with first sights, changes and what came late, of people some of whom were linked. */
async function fillLog(test: ReopenableStore): Promise<Filled> {
  const { store } = test;
  const held = await fill(test);
  const again = async (moved: number, readStartedAt: Instant, learntBy: 'WEBHOOK' | 'READ') => {
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const [source] = [sources[batch % sources.length]];
      if (source === undefined) continue;
      const records = randomRecords(`b${batch}`, 30, batch).map(({ verification, raw }) => {
        const place = kycStatuses.indexOf(verification.status) + moved;
        const status: KycStatus = kycStatuses[place % kycStatuses.length] ?? 'PENDING';
        return { verification: { ...verification, status }, raw };
      });
      const reads = [{ readStartedAt, records: records.slice(0, 12), identitiesRead: [] }];
      await store.ingest({ source: ingestSource(source), learntBy, reads, scan: null });
    }
  };
  await again(1, await store.now(), 'WEBHOOK');
  await again(2, at(1), 'READ');
  const log = await readLog(store);
  const ids = [
    ...held.users.map(({ id }) => id),
    ...log.flatMap((row) => ('nextAction' in row ? [row.userId] : [])),
  ];
  const users = await store.readUsers(ids, SEES_ALL);
  expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index + 1));
  expect(log.filter((row) => 'effective' in row && !row.effective).length).toBeGreaterThan(50);
  expect(log.filter((row) => 'effective' in row && row.from !== null).length).toBeGreaterThan(50);
  return { held, log, present: new Map(ids.map((id, index) => [id, users[index]?.id ?? ''])) };
}

const someOf = <Value>(values: readonly Value[]) => fc.subarray([...values]);
/** Few are read from their own rows, many from the whole log. */
const fewOrMany = (ids: readonly string[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.subarray([...ids], { maxLength: 2 }) }, someOf(ids));

function anyChangeFilter({ log, present, held }: Filled): fc.Arbitrary<StatusChangeFilter> {
  const instant = fc.option(fc.constantFrom(...log.map(({ observedAt }) => observedAt)));
  const fields = {
    userIds: fewOrMany([...present.keys(), 'nobody', '\u0000']),
    verificationIds: fewOrMany([...held.verifications.map(({ id }) => id), 'nothing', '\u0000']),
    sources: someOf(sources),
    kinds: someOf(verificationKinds),
    from: someOf(kycStatuses),
    to: someOf(kycStatuses),
    observedAt: fc.record({ from: instant, before: instant }),
  };
  const names = Object.keys(fields) as (keyof typeof fields)[];
  return fc
    .tuple(
      fc.record(fields),
      fc.subarray(names, { maxLength: 3 }),
      fc.record({ includeLate: fc.boolean(), includeBackfill: fc.boolean() }, { requiredKeys: [] }),
    )
    .map(([all, kept, include]) => ({
      ...include,
      ...Object.fromEntries(kept.map((name) => [name, all[name]])),
    }));
}

function anyUserFilter({ present }: Filled): fc.Arbitrary<UserKycChangeFilter> {
  const fields = {
    userIds: fewOrMany([...present.keys(), 'nobody', '\u0000']),
    to: someOf(kycStatuses),
    includeBackfill: fc.boolean(),
  };
  return fc.record(fields, { requiredKeys: [] });
}

function statusChangesMeant(
  { held, log, present }: Filled,
  filter: StatusChangeFilter,
  sight: Sight,
): readonly StatusChange[] {
  const seen = new SeenInMemory(held, sight);
  const records = new Map(seen.verifications().map((known) => [known.id, known]));
  return log.flatMap((row) => {
    const known = 'verificationId' in row ? records.get(row.verificationId) : undefined;
    if (!('verificationId' in row) || known === undefined) return [];
    const { userIds, verificationIds, from, to, observedAt } = filter;
    const isMeant =
      (filter.includeLate === true || row.effective) &&
      (filter.includeBackfill === true || row.learntBy !== 'BACKFILL') &&
      (filter.sources?.includes(row.source) ?? true) &&
      (filter.kinds?.includes(row.kind) ?? true) &&
      (verificationIds?.includes(row.verificationId) ?? true) &&
      (userIds?.some((id) => seen.countsFor(known, present.get(id) ?? '')) ?? true) &&
      (from === undefined || (row.from !== null && from.includes(row.from))) &&
      (to?.includes(row.to) ?? true) &&
      (observedAt?.from == null || row.observedAt >= observedAt.from) &&
      (observedAt?.before == null || row.observedAt < observedAt.before);
    return isMeant ? [{ ...row, userId: seen.ownerOf(known) }] : [];
  });
}

function userKycChangesMeant(
  { held, log, present }: Filled,
  { userIds, to, includeBackfill }: UserKycChangeFilter,
  sight: Sight,
): readonly UserKycChange[] {
  const granted = held.granted.get(sight === 'ALL' ? '' : (sight.partner ?? '')) ?? new Set<string>();
  const named = userIds && new Set(userIds.map((id) => present.get(id)));
  return log.flatMap((row) => {
    if ('verificationId' in row || isLimitedToSources(sight)) return [];
    const user = present.get(row.userId) ?? '';
    const isMeant =
      seesWhole(sight, user, granted) &&
      (includeBackfill === true || row.cause !== 'BACKFILL') &&
      (named?.has(user) ?? true) &&
      (to?.includes(row.to) ?? true);
    return isMeant ? [row] : [];
  });
}

function placeOf(position: number): { value: string; id: string };
function placeOf(position: number | null): { value: string; id: string } | null;
function placeOf(position: number | null) {
  return position === null ? null : { value: String(position).padStart(9, '0'), id: '' };
}
