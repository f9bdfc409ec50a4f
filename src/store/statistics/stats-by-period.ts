import { type RawBuilder, sql } from 'kysely';

import type { Sight } from '#kyc/sight';
import type { StatsQuery } from '#kyc/verification-stats';
import type { Dialect } from '#store/dialect';
import { whereBesides } from '#store/reads/standing-list';
import { readStandings } from '#store/reads/standings';
import type { Transact } from '#store/transact';

import { apartOf, type Counted, type GroupKey, type GroupRow, MAX_STATS_ROWS } from './stats-groups.ts';
import type { PeriodRow } from './stats-periods.ts';

/**
 * Counts by period: of each standing and period a range of the index is counted, so that no row is looked up in a
 * calendar and none is sorted. `periods` are whole ones; `undated`: records that were created at no known time too.
 */
export async function countByPeriod(
  transaction: Transact,
  dialect: Dialect,
  { filter, keys }: Pick<StatsQuery, 'filter'> & { keys: readonly GroupKey[] },
  sight: Sight,
  { periods, undated }: { periods: readonly PeriodRow[]; undated: boolean },
): Promise<readonly GroupRow<Counted>[]> {
  const standings = await readStandings(transaction, dialect, filter, sight);
  const rest = whereBesides(dialect, filter, sight);
  const apart = apartOf(dialect, filter);
  const counted = (created: RawBuilder<unknown>) => {
    const ofStanding = sql`from verifications where verifications.source = standings.source
      and verifications.kind = standings.kind and verifications.status = standings.status and ${created} and ${rest}`;
    return sql`(select count(*) ${ofStanding}) as count,
      case when standings.kind = 'CHECK' and standings.status in ('APPROVED', 'REJECTED')
        then (select count(*) ${ofStanding} and ${apart}) else 0 end as apart`;
  };
  const columns = sql.join(keys.map((key) => sql.ref(key)));
  const { rows } = await sql<GroupRow<Counted>>`
    with standings as materialized (${dialect.rowsOf(
      ['source', 'kind', 'status'],
      standings.map(({ source, kind, status }) => [source, kind, status]),
    )}),
    periods as materialized (${dialect.rowsOf(['period', 'since', 'before'], wholePeriods(periods))}),
    counted as (
      select standings.*, periods.period, ${counted(sql`verifications.created_at >= periods.since
        and verifications.created_at < periods.before`)}
      from standings cross join periods
      union all
      select standings.*, null, ${counted(sql`verifications.created_at is null`)} from standings
        where ${undated ? sql`1 = 1` : sql`1 = 0`}
    )
    select ${columns}, sum(count) as count,
      sum(case when status = 'APPROVED' then count - apart else 0 end) as approved,
      sum(case when status = 'REJECTED' then count - apart else 0 end) as rejected
    from counted where count > 0
    group by ${columns}
    limit ${sql.lit(MAX_STATS_ROWS + 1)}`.execute(transaction);
  return rows;
}

/** From the first instant of each period to its end, as far as there are records. */
export function wholePeriods(
  parts: readonly PeriodRow[],
): readonly (readonly [period: string, since: string, before: string])[] {
  const ranges = new Map<string, [since: string, before: string]>();
  for (const [day, since, before, period] of parts) {
    const [from, end] = [since === '' ? day : since, before === '~' ? `${day}T~` : before];
    const range = ranges.get(period) ?? [from, end];
    ranges.set(period, [from < range[0] ? from : range[0], end > range[1] ? end : range[1]]);
  }
  return [...ranges].map(([period, range]) => [period, ...range]);
}
