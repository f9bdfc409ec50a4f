import { CompiledQuery, sql } from 'kysely';

import { partsOf } from './parts.ts';
import { keepPrepared } from './prepared-texts.ts';
import type { Tables } from './tables.ts';
import type { Transact } from './transact.ts';
import { leaveUnawaited } from './unawaited-inserts.ts';

/** Where rows go. */
export interface RowsInto<Name extends keyof Tables> {
  readonly table: Name;
  /** Every column of the table that is not left to its default. */
  readonly columns: readonly (keyof Tables[Name] & string)[];
  /** The columns that a row with the same id takes over; null where there is none with it. */
  readonly takenOver: readonly (keyof Tables[Name] & string)[] | null;
}

/** Few, so that few texts are kept and the event loop gets its turn in between. */
const ROWS_AT_ONCE = 50;

/** Texts of statements by what they insert into and how many rows, for each open database. */
const textsOf = new WeakMap<object, Map<string, string>>();

/** Inserts rows, many in one statement. Compiling it costs more than sending it: each text is made once. */
export async function insertRows<Name extends keyof Tables>(
  transaction: Transact,
  into: RowsInto<Name>,
  rows: readonly Tables[Name][],
): Promise<void> {
  for (const part of partsOf(rows, ROWS_AT_ONCE)) {
    const values = part.flatMap((row) => into.columns.map((column) => row[column]));
    await transaction.executeQuery(CompiledQuery.raw(textFor(transaction, into, part.length), values));
  }
}

function textFor<Name extends keyof Tables>(
  transaction: Transact,
  into: RowsInto<Name>,
  rows: number,
): string {
  const { adapter } = transaction.getExecutor();
  const texts = textsOf.get(adapter) ?? new Map<string, string>();
  textsOf.set(adapter, texts);
  const key = `${into.table} ${rows}`;
  const text = texts.get(key) ?? compile(transaction, into, rows);
  if (rows === ROWS_AT_ONCE) keepPrepared(text);
  leaveUnawaited(text);
  texts.set(key, text);
  return text;
}

function compile<Name extends keyof Tables>(
  transaction: Transact,
  { table, columns, takenOver }: RowsInto<Name>,
  rows: number,
): string {
  const oneRow = sql`(${sql.join(columns.map(() => null))})`;
  const sets = (takenOver ?? []).map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`);
  const conflict = takenOver === null ? sql`` : sql`on conflict (id) do update set ${sql.join(sets)}`;
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const all = sql.join(Array.from({ length: rows }, () => oneRow));
  return sql`insert into ${sql.table(table)} (${names}) values ${all} ${conflict}`.compile(transaction).sql;
}
