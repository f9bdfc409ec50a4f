import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type CheckType, checkTypes } from '#kyc/check';
import { rangeOfDays } from '#kyc/day-range';
import type { FetchedRecord } from '#kyc/fetched-record';
import { addDays, type Day, FIRST_DAY, type Instant, LAST_DAY } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import { periodUnits } from '#kyc/period';
import { SEES_ALL, SEES_NOTHING } from '#kyc/sight';
import { kycStatuses } from '#kyc/status';
import { parseTimeZone } from '#kyc/time-zone';
import { verificationKinds } from '#kyc/verification-core';
import type { StatsDimension, StatsGroup, StatsQuery } from '#kyc/verification-stats';

import { effort } from './effort.ts';
import { OF_EACH_RECORD } from './kept-counts.ts';
import { fill, meantIn } from './pages.ts';
import { anyFilter, anySight } from './random-queries.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, beta, kycRecord, takeInRecords } from './sample-records.ts';
import type { HeldInMemory } from './seen-in-memory.ts';
import { withStore } from './with-store.ts';

/** Where calendars are strange: ends of days, weeks and years, clocks put back past midnight, a day left out, no such year. */
const CREATED = [
  '0000-01-01T00:00:00.000000000Z',
  '1969-12-31T23:59:59.999999999Z',
  '1970-01-01T00:00:00.000000000Z',
  '2006-10-29T02:30:59.999999999Z',
  '2006-10-29T02:31:00.000000000Z',
  '2006-10-29T03:15:00.000000000Z',
  '2011-12-30T09:59:59.999999999Z',
  '2011-12-30T10:00:00.000000000Z',
  '2024-12-29T23:59:59.999999999Z',
  '2024-12-30T00:00:00.000000000Z',
  '2025-03-30T00:59:59.999999999Z',
  '2025-03-30T22:00:00.000000000Z',
  '2025-10-25T22:00:00.000000000Z',
  '2025-10-26T23:00:00.000000000Z',
  '2026-02-28T18:30:00.000000000Z',
  '9999-12-31T23:59:59.999999999Z',
] as Instant[];
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Pacific/Apia',
  'Asia/Kathmandu',
  '+14',
  '-11:30',
].map((zone) => parseTimeZone(zone) ?? 'UTC');

/** Statistics agree with what is counted one by one in memory. */
export function statisticsBehaviours(open: OpenFresh): void {
  describe('statistics', () => {
    let test: ReopenableStore;
    let held: HeldInMemory;

    beforeAll(async () => {
      test = await open();
      held = await fill(test, spread);
    });
    afterAll(async () => await test.remove());

    it('count, and time decisions, as the list in memory does, by any dimensions in any zone', async () => {
      const ids = held.users.map((user) => user.id);
      await fc.assert(
        fc.asyncProperty(anyFilter(ids), anySight(ids), anyGrouping, async (filter, sight, grouping) => {
          const query = { ...grouping, filter };
          const rows = meantIn(held, filter, sight);
          const expected = statsInMemory(rows, query);
          expect(await test.store.verificationStats(query, sight)).toEqual(expected.counts);
          const times = await test.store.decisionTimes(query, sight);
          expect(times.map(({ medianSeconds: _m, p90Seconds: _p, ...group }) => group)).toEqual(
            expected.times.map(({ group }) => group),
          );
          for (const [at, { medianSeconds, p90Seconds }] of times.entries()) {
            expectClose(medianSeconds, expected.times[at]?.median);
            expectClose(p90Seconds, expected.times[at]?.p90);
          }
        }),
        { numRuns: 30 * effort },
      );
    });

    it('tell who sees all by their kept counts what their records tell', async () => {
      await fc.assert(
        fc.asyncProperty(anyKeptFilter, anyGrouping, async (filter, grouping) => {
          const kept = await test.store.verificationStats({ ...grouping, filter }, SEES_ALL);
          const query = { ...grouping, filter: { ...filter, ...OF_EACH_RECORD } };
          expect(kept).toEqual(await test.store.verificationStats(query, SEES_ALL));
        }),
        { numRuns: 30 * effort },
      );
    });

    it('put each record on the day on which a range of days finds it', async () => {
      for (const timeZone of ZONES) {
        const query: StatsQuery = { filter: {}, groupBy: ['CREATED_DAY'], timeZone };
        const stats = await test.store.verificationStats(query, SEES_ALL);
        for (const { period, count } of stats) {
          // What lies beyond the days that can be named stands with the nearest.
          if (period === null || period === FIRST_DAY || period === LAST_DAY) continue;
          const filter = { times: { createdAt: [rangeOfDays({ from: period, to: period, timeZone })] } };
          expect([timeZone, period, await test.store.countVerifications(filter, SEES_ALL)]).toEqual([
            timeZone,
            period,
            count,
          ]);
        }
      }
    });
  });

  describe('statistics of few records', () => {
    const { fresh } = withStore(open);
    const NONE = { source: null, status: null, kind: null, period: null };

    it('are one empty group without dimensions, and no groups with them', async () => {
      const store = await fresh();
      const query: StatsQuery = { filter: {}, groupBy: [], timeZone: 'UTC' };
      expect(await store.verificationStats(query, SEES_ALL)).toEqual([
        { ...NONE, count: 0, approved: 0, rejected: 0 },
      ]);
      expect(await store.decisionTimes(query, SEES_ALL)).toEqual([
        { ...NONE, medianSeconds: null, p90Seconds: null },
      ]);
      expect(await store.verificationStats({ ...query, groupBy: ['CREATED_DAY'] }, SEES_ALL)).toEqual([]);
    });

    it('name the words that no table knows, with their records and times, until a record has another', async () => {
      const store = await fresh();
      const odd = { status: 'UNKNOWN', reason: 'STATUS_UNRECOGNISED' } as const;
      await takeInRecords(store, [
        kycRecord({ externalId: '1', sourceStatus: 'Frobnicated', ...odd }),
        kycRecord({ externalId: '2', sourceStatus: 'Frobnicated', ...odd }),
        kycRecord({ externalId: '3', sourceStatus: 'frobnicated', ...odd }),
        kycRecord({ externalId: '4', status: 'UNKNOWN', reason: 'STATUS_MISSING', sourceStatus: null }),
      ]);
      await takeInRecords(store, [
        kycRecord({ source: beta, externalId: '1', sourceStatus: 'Frobnicated', ...odd }),
      ]);
      const seen = await store.unmappedStatuses(SEES_ALL);
      expect(seen.map(({ source, sourceStatus, count }) => [source, sourceStatus, count])).toEqual([
        [alpha, 'Frobnicated', 2],
        [alpha, 'frobnicated', 1],
        [beta, 'Frobnicated', 1],
      ]);
      const { rows } = await store.pageVerifications(
        {
          filter: { sources: [beta] },
          order: { by: 'lastChangedAt', direction: 'DESC' },
          page: { take: 1, direction: 'FORWARD', after: null, before: null },
        },
        SEES_ALL,
      );
      expect(seen[2]).toMatchObject({
        firstSeenAt: rows[0]?.lastChangedAt,
        lastSeenAt: rows[0]?.observedAt,
      });
      const ofBeta = await store.unmappedStatuses({ ...SEES_NOTHING, sources: [beta] });
      expect(ofBeta).toEqual(seen.slice(2));
      expect(await store.unmappedStatuses(SEES_NOTHING)).toEqual([]);

      await takeInRecords(store, [
        kycRecord({ externalId: '3', updatedAt: '2027-01-01T00:00:00.000000000Z' as Instant }),
      ]);
      expect((await store.unmappedStatuses(SEES_ALL)).map(({ sourceStatus }) => sourceStatus)).toEqual([
        'Frobnicated',
        'Frobnicated',
      ]);
    });
  });
}

/** Gives each record its own pair of times, every seventh none. */
function spread({ verification, raw }: FetchedRecord, at: number): FetchedRecord {
  const createdAt = at % 7 === 0 ? null : (CREATED[at % CREATED.length] ?? null);
  const decidedAt = at % 5 === 0 ? null : (CREATED[(at * 7 + 3) % CREATED.length] ?? null);
  return { verification: { ...verification, createdAt, decidedAt }, raw };
}

const anyKeptFilter = fc.record(
  {
    sources: fc.subarray([alpha, beta]),
    kinds: fc.subarray([...verificationKinds]),
    statuses: fc.subarray([...kycStatuses]),
    checkTypes: fc.subarray([...checkTypes]),
  },
  { requiredKeys: [] },
);

const anyGrouping = fc.record({
  groupBy: fc
    .tuple(
      fc.subarray<StatsDimension>(['SOURCE', 'STATUS', 'KIND']),
      fc.option(fc.constantFrom(...periodUnits.map((unit) => `CREATED_${unit}` as const))),
    )
    .chain(([plain, period]) => {
      const all: StatsDimension[] = period === null ? plain : [...plain, period];
      return fc.shuffledSubarray(all, { minLength: all.length });
    }),
  timeZone: fc.constantFrom(...ZONES),
});

/** Computed another way: sorted and counted one by one, days by Temporal's own ranges. */
function statsInMemory(rows: readonly KnownVerification[], { filter, groupBy, timeZone }: StatsQuery) {
  const groups = Map.groupBy(rows, (known) => JSON.stringify(groupOf(known, groupBy, timeZone)));
  if (groupBy.length === 0 && rows.length === 0)
    groups.set(JSON.stringify({ source: null, status: null, kind: null, period: null }), []);
  const sorted = [...groups]
    .map(([text, members]) => ({ group: JSON.parse(text) as StatsGroup, members }))
    .toSorted((one, other) => compare(ranks(one.group, groupBy), ranks(other.group, groupBy)));
  const isJudged = (known: KnownVerification) =>
    known.kind !== 'CHECK' || named(filter.checkTypes, known.details.type);
  return {
    counts: sorted.map(({ group, members }) => ({
      ...group,
      count: members.length,
      approved: members.filter((one) => one.status === 'APPROVED' && isJudged(one)).length,
      rejected: members.filter((one) => one.status === 'REJECTED' && isJudged(one)).length,
    })),
    times: sorted.map(({ group, members }) => {
      const seconds = members
        .flatMap(({ createdAt, decidedAt }) =>
          createdAt === null || decidedAt === null ? [] : [nanoseconds(decidedAt) - nanoseconds(createdAt)],
        )
        .map((duration) => Number(duration) / 1e9)
        .toSorted((one, other) => one - other);
      return { group, median: interpolated(seconds, 0.5), p90: interpolated(seconds, 0.9) };
    }),
  };
}

function named(checkTypes: readonly CheckType[] | undefined, type: CheckType): boolean {
  return checkTypes?.includes(type) === true || (type !== 'INSTRUMENT_FIT' && type !== 'PROOF_OF_RESIDENCE');
}

function groupOf(known: KnownVerification, groupBy: readonly StatsDimension[], timeZone: string): StatsGroup {
  const unit = groupBy.find((dimension) => dimension.startsWith('CREATED_'));
  return {
    source: groupBy.includes('SOURCE') ? known.source : null,
    status: groupBy.includes('STATUS') ? known.status : null,
    kind: groupBy.includes('KIND') ? known.kind : null,
    period: unit === undefined || known.createdAt === null ? null : periodOf(known.createdAt, unit, timeZone),
  };
}

/** The last day of the zone that has begun by then, and the first day of its period. */
function periodOf(at: Instant, unit: StatsDimension, timeZone: string): Day {
  const instant = Temporal.Instant.from(at);
  let day = instant.toZonedDateTimeISO(timeZone).toPlainDate().add({ days: 2 });
  while (Temporal.Instant.compare(day.toZonedDateTime(timeZone).toInstant(), instant) > 0)
    day = day.subtract({ days: 1 });
  // Of days that begin together the last has them all.
  if (day.year > 9999) day = Temporal.PlainDate.from(LAST_DAY);
  if (day.year < 0) return FIRST_DAY;
  if (unit === 'CREATED_MONTH') return day.with({ day: 1 }).toString() as Day;
  return unit === 'CREATED_WEEK'
    ? addDays(day.toString() as Day, 1 - day.dayOfWeek)
    : (day.toString() as Day);
}

function nanoseconds(at: Instant): bigint {
  return Temporal.Instant.from(at).epochNanoseconds;
}

function interpolated(sorted: readonly number[], fraction: number): number | null {
  if (sorted.length === 0) return null;
  const place = fraction * (sorted.length - 1);
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

/** The same but for the last bits of a double. */
function expectClose(actual: number | null, expected: number | null | undefined): void {
  if (expected == null || actual === null) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-15 * 4 * 3.2e11);
}

const STATUSES =
  'NOT_STARTED PENDING ACTION_REQUIRED IN_REVIEW APPROVED REJECTED EXPIRED CANCELLED ERROR UNKNOWN';
const KINDS = 'KYC_RECORD CHECK IDV_APPLICATION';

function ranks(group: StatsGroup, groupBy: readonly StatsDimension[]): readonly string[] {
  return groupBy.map((dimension) => {
    if (dimension === 'SOURCE') return group.source ?? '';
    if (dimension === 'STATUS') return String(STATUSES.indexOf(group.status ?? '')).padStart(3, '0');
    if (dimension === 'KIND') return String(KINDS.indexOf(group.kind ?? '')).padStart(3, '0');
    return group.period ?? 'none, last';
  });
}

function compare(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((rank, index) => rank !== other[index]);
  return at === -1 ? 0 : (one[at] ?? '') < (other[at] ?? '') ? -1 : 1;
}
