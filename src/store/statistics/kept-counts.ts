import { expressionBuilder, type RawBuilder, sql } from 'kysely';

import { SEES_ALL, type Sight } from '#kyc/sight';
import type { VerificationFilter } from '#kyc/verification-filter';
import type { Dialect } from '#store/dialect';
import { verificationWhere } from '#store/reads/verification-where';
import type { Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import { apartOf, type Counted, type GroupKey, type GroupRow, MAX_STATS_ROWS } from './stats-groups.ts';
import { AFTER_ALL, BEFORE_ALL, type PeriodRow } from './stats-periods.ts';

const KEPT_BY: readonly string[] = ['sources', 'kinds', 'statuses', 'checkTypes'];

/** True when the counts that are kept (migrations) tell what is asked; whatever else narrows is asked of the records. */
export function areKept(filter: VerificationFilter, sight: Sight): boolean {
  return (
    sight === SEES_ALL &&
    Object.entries(filter).every(([field, value]) => value === undefined || KEPT_BY.includes(field))
  );
}

/** Periods that quarter hours make up, and others: a zone's own time of long ago may be cut anywhere. */
export function splitByQuarter(periods: readonly PeriodRow[]): {
  readonly kept: readonly PeriodRow[];
  readonly others: readonly PeriodRow[];
} {
  const odd = new Set(
    periods.filter((row) => quartersOf(row).includes(null)).map(([, , , period]) => period),
  );
  const { kept = [], others = [] } = Object.groupBy(periods, ([, , , period]) =>
    odd.has(period) ? 'others' : 'kept',
  );
  return { kept, others };
}

/** The number of records that the filter means, of those that `areKept`. */
export async function sumOfCounts(
  transaction: Transact,
  dialect: Dialect,
  filter: VerificationFilter,
): Promise<number> {
  const { rows } = await sql<{ count: number | string | null }>`
    select sum(${ALL_DAY}) as count ${meant(dialect, filter, false)}`.execute(transaction);
  return Number(rows[0]?.count ?? 0);
}

/** Counts by group; `periods` of whole quarters, null where no group is by period. Of groups without records, none. */
export async function sumCounts(
  transaction: Transact,
  dialect: Dialect,
  filter: VerificationFilter,
  { keys, periods }: { keys: readonly GroupKey[]; periods: readonly PeriodRow[] | null },
): Promise<readonly GroupRow<Counted>[]> {
  const count = periods === null ? ALL_DAY : countOfPart(periods);
  const columns = keys.map((key) =>
    key === 'period' ? sql`nullif(periods.period, ${sql.lit(UNDATED)})` : sql.ref(`verifications.${key}`),
  );
  const selected = columns.map((column, at) => sql`${column} as ${sql.ref(keys[at] ?? '')}, `);
  const decided = (status: string) => sql`sum(case when verifications.status = ${sql.lit(status)}
    and not ${apartOf(dialect, filter)} then ${count} else 0 end)`;
  const { rows } = await sql<GroupRow<Counted>>`
    ${periods === null ? sql`` : withCuts(dialect, periods)}
    select ${sql.join(selected, sql``)} sum(${count}) as count, ${decided('APPROVED')} as approved,
      ${decided('REJECTED')} as rejected
    ${meant(dialect, filter, periods !== null)}
    ${columns.length === 0 ? sql`` : sql`group by ${sql.join(columns)}`}
    having sum(${count}) > 0
    limit ${sql.lit(MAX_STATS_ROWS + 1)}`.execute(transaction);
  return rows;
}

/** Under the name of the records' table: filters by columns that both have read the same. */
function meant(dialect: Dialect, filter: VerificationFilter, byPeriod: boolean): RawBuilder<unknown> {
  const where = verificationWhere(dialect, filter, SEES_ALL)(expressionBuilder<Tables, 'verifications'>());
  return sql`from ${byPeriod ? sql`periods cross join` : sql``} verification_counts as verifications
    where ${where} ${byPeriod ? sql`and verifications.day = periods.day` : sql``}`;
}

const QUARTERS = 96;
const ALL_DAY = untilQuarter(QUARTERS);

function untilQuarter(quarter: number): RawBuilder<number> {
  return quarter === 0 ? sql`0` : sql`${sql.ref(`verifications.until_${quarter}`)}`;
}

/** A day is cut in a handful of ways, by where its zone's midnight stands. */
function withCuts(dialect: Dialect, periods: readonly PeriodRow[]): RawBuilder<unknown> {
  const rows = periods.map((row) => [row[0], row[3], cutOf(row)]);
  return sql`with periods as materialized (${dialect.rowsOf(['day', 'period', 'cut'], [...rows, ALL_UNDATED])})`;
}

/** The day and the period of records that were created at no known time. */
const UNDATED = '';
const ALL_UNDATED = [UNDATED, UNDATED, 'ALL'] as const;

function cutOf([, since, before]: PeriodRow): string {
  return `${since.slice(10)} ${before.slice(10)}`;
}

function countOfPart(periods: readonly PeriodRow[]): RawBuilder<number> {
  const cuts = new Map(periods.map((row) => [cutOf(row), quartersOf(row)]));
  const whens = [...cuts].map(
    ([cut, [from, to]]) =>
      sql`when ${sql.lit(cut)} then ${untilQuarter(to ?? 0)} - ${untilQuarter(from ?? 0)}`,
  );
  return sql`(case periods.cut when 'ALL' then ${ALL_DAY} ${sql.join(whens, sql` `)} end)`;
}

/** The quarters of its day between which a part lies; null for an end that is within one. */
function quartersOf([, since, before]: PeriodRow): readonly [number | null, number | null] {
  return [since === BEFORE_ALL ? 0 : quarterAt(since), before === AFTER_ALL ? QUARTERS : quarterAt(before)];
}

function quarterAt(instant: string): number | null {
  const [, hours = '', minutes = ''] = /T(\d\d):(00|15|30|45):00\.0*Z$/.exec(instant) ?? [];
  return hours === '' ? null : Number(hours) * 4 + Number(minutes) / 15;
}
