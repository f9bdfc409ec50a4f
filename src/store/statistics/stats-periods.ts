import { setImmediate } from 'node:timers/promises';

import { sql } from 'kysely';

import type { Day } from '#kyc/instant';
import { createPeriodCutter, type PeriodUnit } from '#kyc/period';
import type { Transact } from '#store/transact';

/** Parts of UTC days, each in one period, as texts that created_at compares with: `day`, `since`, `before`, `period`. */
export type PeriodRow = readonly [day: string, since: string, before: string, period: string];
export const PERIOD_COLUMNS = ['day', 'since', 'before', 'period'] as const;

export const BEFORE_ALL = '';
export const AFTER_ALL = '~';
const DAYS_AT_ONCE = 10;

/** How the days on which any record was created lie in the periods of a zone's calendar. */
export async function readPeriods(
  transaction: Transact,
  unit: PeriodUnit,
  timeZone: string,
): Promise<readonly PeriodRow[]> {
  const cut = createPeriodCutter(unit, timeZone);
  const rows: PeriodRow[] = [];
  for (const [at, day] of (await readDays(transaction)).entries()) {
    // Zones take their time, and the event loop is not theirs alone.
    if (at % DAYS_AT_ONCE === 0) await setImmediate();
    for (const { since, before, period } of cut(day))
      rows.push([day, since ?? BEFORE_ALL, before ?? AFTER_ALL, period]);
  }
  return rows;
}

/** One seek of the index for each day; "T~" stands after every instant of a day. */
async function readDays(transaction: Transact): Promise<readonly Day[]> {
  const { rows } = await sql<{ day: Day }>`
    with recursive firsts(created_at) as (
      select min(created_at) from verifications
      union all
      select (select min(verifications.created_at) from verifications
        where verifications.created_at > substr(firsts.created_at, 1, 10) || 'T~')
      from firsts where firsts.created_at is not null
    )
    select substr(created_at, 1, 10) as day from firsts where created_at is not null`.execute(transaction);
  return rows.map(({ day }) => day);
}
