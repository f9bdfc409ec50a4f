import { type RawBuilder, sql } from 'kysely';

import type { Instant } from '#kyc/instant';

/**
 * The time that belongs to each row by its key, for a statement about just these rows; one value where all have the
 * same, as the records of one read have.
 */
export function timeByKey(column: string, times: ReadonlyMap<string, Instant>): RawBuilder<string> {
  const [first, ...others] = new Set(times.values());
  if (first !== undefined && others.length === 0) return sql<string>`${first}`;
  const cases = [...times].map(([key, time]) => sql`when ${key} then ${time}`);
  return sql<string>`case ${sql.ref(column)} ${sql.join(cases, sql` `)} end`;
}
