import { expressionBuilder, type RawBuilder, sql } from 'kysely';

import type { Sight } from '#kyc/sight';
import {
  compareGroups,
  type DecisionTimes,
  groupKey,
  periodUnitOf,
  type StatsCount,
  type StatsGroup,
  type StatsQuery,
  TooManyGroupsError,
} from '#kyc/verification-stats';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { withoutAlias } from '#store/reads/page-verifications';
import { isJudgedByRow } from '#store/reads/standings';
import { verificationWhere } from '#store/reads/verification-where';
import { inSnapshot } from '#store/snapshot';
import type { Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import { areKept, splitByQuarter, sumCounts } from './kept-counts.ts';
import { countByPeriod } from './stats-by-period.ts';
import {
  apartOf,
  type Counted,
  type GroupKey,
  type GroupRow,
  groupOf,
  keysOf,
  MAX_STATS_ROWS,
} from './stats-groups.ts';
import { PERIOD_COLUMNS, type PeriodRow, readPeriods } from './stats-periods.ts';
import { type Timed, timesByPeriod } from './times-by-period.ts';

/** In the order of their index: each group is a run of it, and nothing need be sorted. */
const INDEXED: readonly GroupKey[] = ['source', 'kind', 'status'];

/**
 * Counts the verifications that the filter means and the caller sees, by group, in the order of `compareGroups`. Without
 * dimensions there is one group, be it empty.
 * @throws TooManyGroupsError
 */
export async function verificationStats(
  database: Database,
  query: StatsQuery,
  sight: Sight,
): Promise<readonly StatsCount[]> {
  const keys = keysOf(query);
  const rows = await inSnapshot(database.longRead, async (transaction) => {
    const filter = await withoutAlias(transaction, database.dialect, query.filter);
    return await countGroups(transaction, database.dialect, { ...query, filter }, sight);
  });
  const groups = new Map<string, StatsCount>();
  if (keys.length === 0) addTo(groups, groupOf({}, keys), { count: 0, approved: 0, rejected: 0 });
  for (const row of refuseTooMany(rows)) addTo(groups, groupOf(row, keys), row);
  return [...groups.values()].toSorted(compareGroups(query.groupBy));
}

/**
 * How long the decisions of each group took, in the same order; a group without any is there, with nulls.
 * @throws TooManyGroupsError
 */
export async function decisionTimes(
  database: Database,
  query: StatsQuery,
  sight: Sight,
): Promise<readonly DecisionTimes[]> {
  const keys = keysOf(query);
  const rows = await inSnapshot(database.longRead, async (transaction) => {
    const filter = await withoutAlias(transaction, database.dialect, query.filter);
    return await timeGroups(transaction, database.dialect, { ...query, filter }, sight);
  });
  return refuseTooMany(rows)
    .map((row) => ({ ...groupOf(row, keys), medianSeconds: row.median, p90Seconds: row.p90 }))
    .toSorted(compareGroups(query.groupBy));
}

/** Kept counts are summed; of what they do not tell, ranges of an index are counted, or else rows. */
async function countGroups(
  transaction: Transact,
  dialect: Dialect,
  query: StatsQuery,
  sight: Sight,
): Promise<readonly GroupRow<Counted>[]> {
  const { filter, timeZone } = query;
  const keys = keysOf(query);
  const unit = periodUnitOf(query);
  const isKept = areKept(filter, sight);
  if (unit === null && isKept) return await sumCounts(transaction, dialect, filter, { keys, periods: null });
  if (unit === null || isJudgedByRow(filter, sight))
    return await countRows(transaction, dialect, query, sight);
  const periods = await readPeriods(transaction, unit, timeZone);
  const inRanges = async (of: { periods: readonly PeriodRow[]; undated: boolean }) =>
    await countByPeriod(transaction, dialect, { filter, keys }, sight, of);
  if (!isKept) return await inRanges({ periods, undated: true });
  const { kept, others } = splitByQuarter(periods);
  const summed = await sumCounts(transaction, dialect, filter, { keys, periods: kept });
  if (others.length === 0) return summed;
  return [...summed, ...(await inRanges({ periods: others, undated: false }))];
}

/** By status too: of each then one number says how many approvals or rejections stand apart. */
async function countRows(
  transaction: Transact,
  dialect: Dialect,
  query: StatsQuery,
  sight: Sight,
): Promise<readonly GroupRow<Counted>[]> {
  const counted = await readGroups<{ count: number; apart: number }>(transaction, dialect, query, sight, {
    keys: periodUnitOf(query) === null ? INDEXED : [...new Set<GroupKey>([...keysOf(query), 'status'])],
    measures: sql`count(*) as count, count(case when ${apartOf(dialect, query.filter)} then 1 end) as apart`,
  });
  return counted.map((row) => ({ ...row, ...decidedOf(row) }));
}

async function timeGroups(
  transaction: Transact,
  dialect: Dialect,
  query: StatsQuery,
  sight: Sight,
): Promise<readonly GroupRow<Timed>[]> {
  const keys = keysOf(query);
  const unit = periodUnitOf(query);
  const seconds = (fraction: number) => dialect.percentile('verifications.decision_seconds', fraction);
  const times = sql`${seconds(0.5)} as median, ${seconds(0.9)} as p90`;
  if (unit === null || dialect.name === 'sqlite' || isJudgedByRow(query.filter, sight))
    return await readGroups<Timed>(transaction, dialect, query, sight, { keys, measures: times });
  const periods = await readPeriods(transaction, unit, query.timeZone);
  return await timesByPeriod(transaction, dialect, { filter: query.filter, sight, keys, times }, periods);
}

function decidedOf({ status, count, apart }: GroupRow<{ count: number; apart: number }>) {
  return {
    approved: status === 'APPROVED' ? count - apart : 0,
    rejected: status === 'REJECTED' ? count - apart : 0,
  };
}

function addTo(groups: Map<string, StatsCount>, group: StatsGroup, counted: Counted): void {
  const key = groupKey(group);
  const sum = groups.get(key) ?? { ...group, count: 0, approved: 0, rejected: 0 };
  groups.set(key, {
    ...group,
    count: sum.count + Number(counted.count),
    approved: sum.approved + Number(counted.approved),
    rejected: sum.rejected + Number(counted.rejected),
  });
}

/** Reads something of each group of the rows that are meant. */
async function readGroups<Measured>(
  transaction: Transact,
  dialect: Dialect,
  query: StatsQuery,
  sight: Sight,
  { keys, measures }: { keys: readonly GroupKey[]; measures: RawBuilder<unknown> },
): Promise<readonly GroupRow<Measured>[]> {
  const unit = periodUnitOf(query);
  const where = verificationWhere(dialect, query.filter, sight)(expressionBuilder<Tables, 'verifications'>());
  const periods = unit === null ? null : await readPeriods(transaction, unit, query.timeZone);
  const columns = keys.map((key) => sql.ref(key === 'period' ? 'periods.period' : `verifications.${key}`));
  const selected = columns.map((column, at) => sql`${column} as ${sql.ref(keys[at] ?? '')}, `);
  const { rows } = await sql<GroupRow<Measured>>`
    ${withPeriods(dialect, periods)}
    select ${sql.join(selected, sql``)} ${measures}
    from verifications ${periods === null ? sql`` : JOIN_PERIODS}
    where ${where}
    ${columns.length === 0 ? sql`` : sql`group by ${sql.join(columns)}`}
    limit ${sql.lit(MAX_STATS_ROWS + 1)}`.execute(transaction);
  return rows;
}

function refuseTooMany<Row>(rows: readonly Row[]): readonly Row[] {
  if (rows.length > MAX_STATS_ROWS) throw new TooManyGroupsError();
  return rows;
}

function withPeriods(dialect: Dialect, periods: readonly PeriodRow[] | null): RawBuilder<unknown> {
  return periods === null
    ? sql``
    : sql`with periods as materialized (${dialect.rowsOf(PERIOD_COLUMNS, periods)})`;
}

/** Rows that were created at no known time stay, without a period. */
const JOIN_PERIODS = sql`
  left join periods on periods.day = substr(verifications.created_at, 1, 10)
    and verifications.created_at >= periods.since and verifications.created_at < periods.before`;
