import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';

import type { Page, PageRequest, Position } from '#kyc/page';
import { comparePositions } from '#kyc/slice-page';
import type { Tables } from '#store/tables';

import { type Bound, type IdRange, type ListOrder, type Segment, segmentsBetween } from './keyset.ts';

/** An ordered list in the store, as one page of it is read. */
export interface KeysetList<Row> {
  readonly order: ListOrder;
  /** The first `limit` rows of one run in its order. */
  fetch(run: Run, limit: number): Promise<readonly Row[]>;
  /** True when the run holds any row. */
  hasRows(run: Run): Promise<boolean>;
  positionOf(row: Row): Position;
}

/** One segment as a range query: what it demands of a row, and how its rows are ordered. */
export interface Run {
  readonly where: RawBuilder<SqlBool>;
  readonly orderBy: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
}

/** The columns that order a list. */
export interface ListColumns {
  readonly value: string;
  readonly id: string;
}

/**
 * Reads one page by walking the list's segments in order until one row more than asked for is there: each is a range of
 * an index, so that the cost is that of the page and not of what lies before it. To be called in one read transaction.
 */
export async function readPage<Row>(
  list: KeysetList<Row>,
  columns: ListColumns,
  request: PageRequest,
): Promise<Page<Row>> {
  const forward = request.direction === 'FORWARD';
  const after = exclusive(request.after);
  const before = exclusive(request.before);
  const runs = runsBetween(list.order, columns, { after, before }, forward);
  const found: Row[] = [];
  for (const run of runs) {
    if (found.length > request.take) break;
    found.push(...(await list.fetch(run, request.take + 1 - found.length)));
  }
  const more = found.length > request.take;
  const rows = found.slice(0, request.take);
  if (!forward) rows.reverse();
  const edges = edgesOf(list, rows, request);
  const anyIn = (slice: Slice) => anyRow(list, runsBetween(list.order, columns, slice, forward));
  return {
    rows,
    hasPrevious:
      (!forward && more) || (after !== null && (await anyIn({ after: null, before: edges.start }))),
    hasNext: (forward && more) || (before !== null && (await anyIn({ after: edges.end, before: null }))),
  };
}

interface Slice {
  readonly after: Bound | null;
  readonly before: Bound | null;
}

/**
 * What lies before `start` and after `end` is not on the page. An empty page stands at the place from which it was read,
 * and where nothing can stand between its two places, behind `after`.
 */
function edgesOf<Row>(
  list: KeysetList<Row>,
  rows: readonly Row[],
  { direction, after, before }: PageRequest,
): { start: Bound | null; end: Bound | null } {
  const [first, last] = [rows.at(0), rows.at(-1)];
  if (first !== undefined && last !== undefined)
    return { start: exclusive(list.positionOf(first)), end: exclusive(list.positionOf(last)) };
  const crossed =
    after !== null && before !== null && comparePositions(before, after, list.order.direction) <= 0;
  const behindAfter = direction === 'FORWARD' || crossed;
  const position = behindAfter ? after : before;
  if (position === null) return { start: null, end: null };
  return { start: { position, inclusive: behindAfter }, end: { position, inclusive: !behindAfter } };
}

function exclusive(position: Position | null): Bound | null {
  return position && { position, inclusive: false };
}

async function anyRow<Row>(list: KeysetList<Row>, runs: readonly Run[]): Promise<boolean> {
  for (const run of runs) if (await list.hasRows(run)) return true;
  return false;
}

function runsBetween(order: ListOrder, columns: ListColumns, slice: Slice, forward: boolean): Run[] {
  const segments = segmentsBetween(order, slice.after, slice.before);
  const runs = segments.map((segment) => runOf(segment, order, columns, forward));
  return forward ? runs : runs.reverse();
}

function runOf(segment: Segment, order: ListOrder, columns: ListColumns, forward: boolean): Run {
  const value = sql.ref(columns.value);
  const byId = { column: columns.id, direction: forward ? 'asc' : 'desc' } as const;
  if (segment.rows === 'VALUES_BETWEEN') {
    const direction = (order.direction === 'ASC') === forward ? 'asc' : 'desc';
    return {
      where: valuesBetween(segment, columns),
      orderBy: [{ column: columns.value, direction }, byId],
    };
  }
  const ids = idsWithin(segment.ids, columns);
  if (segment.rows === 'WITH_VALUE')
    return { where: allOf([sql<SqlBool>`${value} = ${segment.value}`, ...ids]), orderBy: [byId] };
  // That the value is the same in all these rows is not known to PostgreSQL: its index serves this order alone.
  const byNothing = { column: columns.value, direction: byId.direction };
  return { where: allOf([sql<SqlBool>`${value} is null`, ...ids]), orderBy: [byNothing, byId] };
}

function valuesBetween(
  { low, high }: Extract<Segment, { rows: 'VALUES_BETWEEN' }>,
  columns: ListColumns,
): RawBuilder<SqlBool> {
  const value = sql.ref(columns.value);
  const conditions = [
    ...(low === null ? [] : [beyond(columns.value, '>', low)]),
    ...(high === null ? [] : [beyond(columns.value, '<', high)]),
  ];
  if (conditions.length === 0) conditions.push(sql<SqlBool>`${value} is not null`);
  return allOf(conditions);
}

function idsWithin({ after, before }: IdRange, columns: ListColumns): RawBuilder<SqlBool>[] {
  return [
    ...(after === null ? [] : [beyond(columns.id, '>', after)]),
    ...(before === null ? [] : [beyond(columns.id, '<', before)]),
  ];
}

function beyond(
  column: string,
  sign: '>' | '<',
  edge: { value: string; inclusive: boolean },
): RawBuilder<SqlBool> {
  return sql`${sql.ref(column)} ${sql.raw(edge.inclusive ? `${sign}=` : sign)} ${edge.value}`;
}

function allOf(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return sql`(${sql.join(conditions, sql` and `)})`;
}

/** Orders a query as the run's index is ordered. */
export function inOrder<Of extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Of, Row>,
  run: Run,
): SelectQueryBuilder<Tables, Of, Row> {
  return run.orderBy.reduce(
    (sorted, { column, direction }) => sorted.orderBy(sql.ref(column), direction),
    query,
  );
}
