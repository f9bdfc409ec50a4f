import { type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely';

import type { Dialect } from '#store/dialect';

/**
 * How many records there are of each source, kind, status and type of check, by the quarter hour (UTC) in which they
 * were created: all zones of today are cut at quarter hours, so that the days of any are summed from these. One row a
 * UTC day; `until_k` counts the day's records until the end of its k-th quarter, so that any run of quarters is one
 * difference. Records that were created at no known time have the day ''. The database itself moves the counts with
 * every row, so that no writer can forget to.
 */
export async function up(database: Kysely<unknown>, { name, text }: Dialect): Promise<void> {
  const { schema } = database;
  const table = KEYS.reduce<CreateTableBuilder<string, string>>(
    (made, key) => made.addColumn(key, text, (column) => column.notNull()),
    schema.createTable('verification_counts'),
  );
  await UNTIL.reduce((made, until) => made.addColumn(until, 'integer', (column) => column.notNull()), table)
    .addPrimaryKeyConstraint('verification_counts_key', [...KEYS])
    // A row is moved again and again: with room beside it, it stays on its page and in its index.
    .modifyEnd(name === 'postgres' ? sql`with (fillfactor = 50)` : sql``)
    .execute();
  await addSumsOf(sql`select ${placeOf()}, 1 as moved from verifications`).execute(database);
  for (const statement of name === 'postgres' ? postgresTriggers() : sqliteTriggers())
    await statement.execute(database);
}

/** By day first: most writing is about the present. */
const KEYS = ['day', 'source', 'kind', 'status', 'check_type'] as const;
const QUARTERS = Array.from({ length: 96 }, (_, at) => at + 1);
const UNTIL = QUARTERS.map((quarter) => `until_${quarter}`);
const keys = sql.join(KEYS.map((key) => sql.ref(key)));
const columns = sql.join([...KEYS, ...UNTIL].map((column) => sql.ref(column)));

/** What a row of `verifications` counts for; the parts of an instant stand at fixed places of its text. */
function placeOf(row: 'old' | 'new' | null = null): RawBuilder<unknown> {
  const of = (column: string) => sql.ref(row === null ? column : `${row}.${column}`);
  const created = of('created_at');
  return sql`${of('source')} as source, ${of('kind')} as kind, ${of('status')} as status,
    coalesce(${of('check_type')}, '') as check_type, coalesce(substr(${created}, 1, 10), '') as day,
    coalesce(cast(substr(${created}, 12, 2) as integer) * 4 + cast(substr(${created}, 15, 2) as integer) / 15, 0) as quarter`;
}

/** How much the count of each place moves in all; most writing moves none. */
function sumsOf(moves: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${keys}, quarter, sum(moved) as moved from (${moves}) as moves
    group by ${keys}, quarter having sum(moved) <> 0`;
}

/** Adds many rows of a place and by how much its count moves. */
function addSumsOf(moves: RawBuilder<unknown>): RawBuilder<unknown> {
  const sums = QUARTERS.map((end) => sql`sum(case when quarter < ${sql.lit(end)} then moved else 0 end)`);
  return sql`insert into verification_counts (${columns})
    select ${keys}, ${sql.join(sums)} from (${sumsOf(moves)}) as moves group by ${keys} ${OR_ADD}`;
}

/** Adds one row of a place. */
function addOne(row: 'old' | 'new', moved: 1 | -1): RawBuilder<unknown> {
  const steps = QUARTERS.map((end) => sql`(quarter < ${sql.lit(end)}) * ${sql.lit(moved)}`);
  return sql`insert into verification_counts (${columns})
    select ${keys}, ${sql.join(steps)} from (select ${placeOf(row)}) where true ${OR_ADD}`;
}

const OR_ADD = sql`on conflict (${keys}) do update set ${sql.join(
  UNTIL.map(
    (until) => sql`${sql.ref(until)} = verification_counts.${sql.ref(until)} + excluded.${sql.ref(until)}`,
  ),
)}`;

function sqliteTriggers(): readonly RawBuilder<unknown>[] {
  const differs = ['source', 'kind', 'status', 'check_type', 'created_at'].map(
    (column) => sql`${sql.ref(`old.${column}`)} is not ${sql.ref(`new.${column}`)}`,
  );
  return [
    sql`create trigger verifications_counted after insert on verifications begin ${addOne('new', 1)}; end`,
    sql`create trigger verifications_recounted after update on verifications
      when ${sql.join(differs, sql` or `)} begin ${addOne('old', -1)}; ${addOne('new', 1)}; end`,
    sql`create trigger verifications_uncounted after delete on verifications begin ${addOne('old', -1)}; end`,
  ];
}

/** For a statement, not for a row: its rows are summed before they are added. */
function postgresTriggers(): readonly RawBuilder<unknown>[] {
  const came = sql`select ${placeOf()}, 1 as moved from came`;
  const went = sql`select ${placeOf()}, -1 as moved from went`;
  const each = [
    { on: 'insert', seen: 'new table as came', moves: came },
    { on: 'update', seen: 'old table as went new table as came', moves: sql`${came} union all ${went}` },
    { on: 'delete', seen: 'old table as went', moves: went },
  ];
  return each.flatMap(({ on, seen, moves }) => [
    sql`create function ${sql.ref(`count_verifications_on_${on}`)}() returns trigger language plpgsql as
      $count$ begin if exists (${sumsOf(moves)}) then ${addSumsOf(moves)}; end if; return null; end $count$`,
    sql`create trigger ${sql.ref(`verifications_counted_on_${on}`)} after ${sql.raw(on)} on verifications
      referencing ${sql.raw(seen)} for each statement execute function ${sql.ref(`count_verifications_on_${on}`)}()`,
  ]);
}
