import { type ColumnDataType, type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';

import type { Transact } from './transact.ts';

/** The few things in which the two databases differ. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** Column type of text compared in byte order. */
  readonly text: ColumnDataType | RawBuilder<unknown>;
  /** Column type of whole numbers up to 2^53. */
  readonly integer: ColumnDataType;
  /** Column type of bytes. */
  readonly bytes: ColumnDataType;
  /** First statement of every transaction that appends to the log: appends stand in a queue, so that a reader never misses a row. */
  lockAppends(transaction: Transact): Promise<void>;
  /** The present by the database's clock, whole milliseconds of the epoch. */
  readonly nowMs: RawBuilder<number>;
  /** How many values one statement takes at most. */
  readonly maxParameters: number;
  /**
   * `column` equals any of these texts, in one parameter however many they are; none is never true. ROW: each row is to
   * be judged by it, and no index chosen for it, where a planner without statistics would choose wrongly.
   */
  anyOf(column: string, values: readonly string[], by: 'INDEX' | 'ROW'): RawBuilder<SqlBool>;
  /** Rows of texts to select from, in one parameter or few however many they are. `columns` name their places. */
  rowsOf(columns: readonly string[], rows: readonly (readonly string[])[]): RawBuilder<unknown>;
  /** The value at a fraction of a sorted group, interpolated linearly between two rows; nulls are passed over, null of none. */
  percentile(column: string, fraction: number): RawBuilder<number | null>;
}

/** SQLite: text is BINARY by nature; `begin immediate` on the one writer is the append lock. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  text: 'text',
  integer: 'integer',
  bytes: 'blob',
  lockAppends: () => Promise.resolve(),
  nowMs: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
  maxParameters: 32_000,
  anyOf(column, values, by) {
    const operand = by === 'INDEX' ? sql.ref(column) : sql`+${sql.ref(column)}`;
    return sql`${operand} in (select value from json_each(${JSON.stringify(values)}))`;
  },
  rowsOf(columns, rows) {
    const picked = columns.map((column, at) => sql`value ->> ${sql.lit(at)} as ${sql.ref(column)}`);
    return sql`select ${sql.join(picked)} from json_each(${JSON.stringify(rows)})`;
  },
  percentile: (column, fraction) => sql`percentile_cont(${sql.ref(column)}, ${sql.lit(fraction)})`,
};

/** "kyclog" in ASCII. */
const APPEND_LOCK = 0x6b79_636c_6f67;

/** PostgreSQL (UTF8): text in byte order by its collation; its planner knows by statistics which index to choose. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  text: sql`text collate "C"`,
  integer: 'bigint',
  bytes: 'bytea',
  async lockAppends(transaction) {
    await sql`select pg_advisory_xact_lock(${APPEND_LOCK}::bigint)`.execute(transaction);
  },
  nowMs: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  maxParameters: 65_000,
  anyOf: (column, values) => sql`${sql.ref(column)} = any(${values}::text[])`,
  rowsOf(columns, rows) {
    const arrays = columns.map((_, at) => sql`${rows.map((row) => row[at])}::text[]`);
    const names = columns.map((column) => sql.ref(column));
    return sql`select * from unnest(${sql.join(arrays)}) as given(${sql.join(names)})`;
  },
  percentile: (column, fraction) =>
    sql`percentile_cont(${sql.lit(fraction)}) within group (order by ${sql.ref(column)})`,
};

/** `column` of the row that an upsert wanted to insert; the same word on both databases. */
export function excluded<Value>(column: string): Expression<Value> {
  return sql.ref<Value>(`excluded.${column}`);
}
