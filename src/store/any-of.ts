import { type Expression, type SqlBool, sql } from 'kysely';

import type { Dialect } from './dialect.ts';

/** As `Dialect.anyOf`; text that no store can hold is equal to nothing. */
export function anyOf(
  dialect: Dialect,
  column: string,
  values: readonly string[],
  by: 'INDEX' | 'ROW' = 'INDEX',
): Expression<SqlBool> {
  const possible = values.filter(isStorable);
  return possible.length === 0 ? sql<SqlBool>`1 = 0` : dialect.anyOf(column, possible, by);
}

/** PostgreSQL refuses NUL, and a lone surrogate does not survive UTF-8. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
