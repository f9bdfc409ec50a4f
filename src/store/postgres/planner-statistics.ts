import { type Kysely, sql } from 'kysely';

import type { Tables } from '#store/tables';

/** The tables that grow with the records. */
const GROWING: readonly (keyof Tables)[] = [
  'changes',
  'identities',
  'personal_hashes',
  'subjects',
  'users',
  'verifications',
];
const LOOK_EVERY_MS = 5000;

/**
 * Sees to it that the planner knows the tables while they fill. Of a table that was never analysed it takes a list of
 * 200 keys for all rows, and every batch of a first sync would read whole tables. Autovacuum comes once a minute, and
 * not at all where it is off; where it has been, nothing is left to do here. Call what this gives after what was
 * written; it returns at once and never throws.
 */
export function createAnalyser(database: Kysely<Tables>): () => void {
  let nextLookMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() < nextLookMs) return;
    nextLookMs = Number.POSITIVE_INFINITY;
    void analyseGrown(database)
      // The next look tries again.
      .catch(() => undefined)
      .finally(() => {
        nextLookMs = performance.now() + LOOK_EVERY_MS;
      });
  };
}

/** Analyses the tables that grew by half since they were last analysed. Returns which. */
export async function analyseGrown(database: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_stat_user_tables
    where schemaname = current_schema() and relname = any(${GROWING}::text[])
      and n_mod_since_analyze > 500 + n_live_tup / 2
    order by relname`.execute(database);
  for (const { name } of rows) await sql`analyze ${sql.table(name)}`.execute(database);
  return rows.map(({ name }) => name);
}
