import { type RawBuilder, sql } from 'kysely';

import type { Sight } from '#kyc/sight';
import type { VerificationFilter } from '#kyc/verification-filter';
import type { Dialect } from '#store/dialect';
import { whereBesides } from '#store/reads/standing-list';
import { readStandings } from '#store/reads/standings';
import type { Transact } from '#store/transact';

import { wholePeriods } from './stats-by-period.ts';
import { type GroupKey, type GroupRow, MAX_STATS_ROWS } from './stats-groups.ts';
import type { PeriodRow } from './stats-periods.ts';

/** Null: none of the group's decisions took a known time. */
export interface Timed {
  readonly median: number | null;
  readonly p90: number | null;
}

/**
 * How long decisions took by period, on PostgreSQL: each group is read from the ranges of the index that it consists of
 * and sorted by itself, in memory; of what was created at no known time none took a known time. Joined with a calendar, all rows would first be sorted by group, on disk.
 */
export async function timesByPeriod(
  transaction: Transact,
  dialect: Dialect,
  of: { filter: VerificationFilter; sight: Sight; keys: readonly GroupKey[]; times: RawBuilder<unknown> },
  periods: readonly PeriodRow[],
): Promise<readonly GroupRow<Timed>[]> {
  const { filter, sight, keys } = of;
  const standings = await readStandings(transaction, dialect, filter, sight);
  const rest = whereBesides(dialect, filter, sight);
  const plain = keys.filter((key) => key !== 'period');
  const ofStanding = sql`verifications.source = standings.source and verifications.kind = standings.kind
    and verifications.status = standings.status`;
  const inGroup = plain.map((key) => sql`and ${sql.ref(`standings.${key}`)} = ${sql.ref(`groups.${key}`)}`);
  const { rows } = await sql<GroupRow<Timed>>`
    with standings as materialized (${dialect.rowsOf(
      ['source', 'kind', 'status'],
      standings.map(({ source, kind, status }) => [source, kind, status]),
    )}),
    periods as materialized (${dialect.rowsOf(['period', 'since', 'before'], wholePeriods(periods))}),
    groups as materialized (
      select distinct ${sql.join([...keys, 'since', 'before'].map((column) => sql.ref(column)))}
      from standings cross join periods
    )
    select ${sql.join(keys.map((key) => sql.ref(`groups.${key}`)))}, timed.median, timed.p90
    from groups cross join lateral (
      select count(*) as count, ${of.times} from standings cross join lateral (
        select verifications.decision_seconds from verifications
        where ${ofStanding} and verifications.created_at >= groups.since
          and verifications.created_at < groups.before and ${rest}
      ) as verifications
      where true ${sql.join(inGroup, sql` `)}
    ) as timed where timed.count > 0
    union all
    select ${sql.join(keys.map((key) => (key === 'period' ? sql`null` : sql.ref(key))))}, null, null from standings
    where exists (select 1 from verifications where ${ofStanding} and verifications.created_at is null and ${rest})
    ${plain.length === 0 ? sql`` : sql`group by ${sql.join(plain.map((key) => sql.ref(key)))}`} having count(*) > 0
    limit ${sql.lit(MAX_STATS_ROWS + 1)}`.execute(transaction);
  return rows;
}
