import { createHash } from 'node:crypto';

import { sql } from 'kysely';

import type { Database } from '#store/database';
import type { Flag } from '#store/tables';

import { MINUTE_MS, NEVER, type Rates, ROUNDING_MS, refusedFor, SWEEP_EVERY, TAKEN } from './rates.ts';

const SWEPT_AT_ONCE = 1000;
const NOW_MS = sql`(extract(epoch from clock_timestamp()) * 1000)::float8`;

/**
 * Budgets in PostgreSQL, by the server's clock: what `createMemoryRates` keeps, one row a key. One statement takes or
 * refuses, so that gateways that ask at once never give more than there is.
 */
export function createSharedRates({ write }: Pick<Database, 'write'>): Rates {
  let takes = 0;
  return {
    async take(key, cost, perMinute) {
      if (cost > perMinute) return NEVER;
      takes += 1;
      if (takes % SWEEP_EVERY === 0) await forgetFull(write);
      const added = (cost / perMinute) * MINUTE_MS;
      const row = await takeRow(write, createHash('sha256').update(key).digest('hex'), added);
      return row.taken === 1 ? TAKEN : refusedFor(row.full_at + added - MINUTE_MS - row.now_ms);
    },
  };
}

interface TakenRow {
  readonly full_at: number;
  readonly taken: Flag;
  readonly now_ms: number;
}

/** After a step back of the clock no budget is emptier than empty. */
async function takeRow(write: Database['write'], key: string, added: number): Promise<TakenRow> {
  const add = sql`${added}::float8`;
  const now = sql`(excluded.full_at - ${add})`;
  const next = sql`greatest(least(rates.full_at, ${now} + ${MINUTE_MS}), ${now}) + ${add}`;
  const fits = sql`${next} <= ${now} + ${MINUTE_MS + ROUNDING_MS}::float8`;
  const { rows } = await sql<TakenRow>`
    insert into rates (key, full_at, taken) values (${key}, ${NOW_MS} + ${add}, 1)
    on conflict (key) do update set
      full_at = case when ${fits} then ${next} else least(rates.full_at, ${now} + ${MINUTE_MS}) end,
      taken = case when ${fits} then 1 else 0 end
    returning full_at, taken::int4 as taken, ${NOW_MS} as now_ms`.execute(write);
  const [row] = rows;
  if (row === undefined) throw new TypeError('An upsert gave no row.');
  return row;
}

/** Rows that somebody else holds are in use: they are passed over, and nobody waits. */
async function forgetFull(write: Database['write']): Promise<void> {
  await sql`
    delete from rates where key in
      (select key from rates where full_at < ${NOW_MS} limit ${SWEPT_AT_ONCE} for update skip locked)`.execute(
    write,
  );
}
