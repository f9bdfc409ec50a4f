import type { KnownVerification } from '#kyc/known-verification';
import type { Page, PageRequest } from '#kyc/page';
import type { Sight } from '#kyc/sight';
import type { VerificationFilter, VerificationOrder, VerificationTime } from '#kyc/verification-filter';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { resolveAliases } from '#store/links/aliases';
import type { Sealers } from '#store/sealing';
import { inSnapshot, readerFor } from '#store/snapshot';
import { areKept, sumOfCounts } from '#store/statistics/kept-counts';
import type { Transact } from '#store/transact';

import { pagedBy } from './in-sight.ts';
import type { ListOrder } from './keyset.ts';
import { inOrder, type KeysetList, readPage } from './keyset-page.ts';
import { selectKnown } from './known-rows.ts';
import { type KnownRow, knownOfRow } from './row-to-known.ts';
import { areFew, countByStanding, fetchByStanding, whereBesides } from './standing-list.ts';
import { isByStanding, isOfSourcesAlone, readStandings } from './standings.ts';
import { timeColumns, verificationWhere } from './verification-where.ts';

export interface VerificationQuery {
  readonly filter: VerificationFilter;
  readonly order: VerificationOrder;
  readonly page: PageRequest;
}

/** One page of the verifications that the filter means and the caller sees, from one state of the store. */
export async function pageVerifications(
  database: Database,
  sealers: Sealers,
  query: VerificationQuery,
  sight: Sight,
): Promise<Page<KnownVerification>> {
  const page = await inSnapshot(readerOf(database, query, sight), async (transaction) => {
    const filter = await withoutAlias(transaction, database.dialect, query.filter);
    const list = await listOf(transaction, database.dialect, { ...query, filter }, sight);
    const columns = { value: `verifications.${timeColumns[query.order.by]}`, id: 'verifications.id' };
    return await readPage(list, columns, query.page);
  });
  return { ...page, rows: page.rows.map((row) => knownOfRow(row, sealers)) };
}

/** Counts the verifications that the filter means and the caller sees. */
export async function countVerifications(
  database: Database,
  filter: VerificationFilter,
  sight: Sight,
): Promise<number> {
  return await inSnapshot(database.longRead, async (transaction) => {
    const { dialect } = database;
    const meant = await withoutAlias(transaction, dialect, filter);
    if (areKept(meant, sight)) return await sumOfCounts(transaction, dialect, meant);
    if (isByStanding(meant, sight)) {
      const standings = await readStandings(transaction, dialect, meant, sight);
      return await countByStanding(transaction, standings, whereBesides(dialect, meant, sight));
    }
    const row = await transaction
      .selectFrom('verifications')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .where(verificationWhere(dialect, meant, sight))
      .executeTakeFirstOrThrow();
    return Number(row.count);
  });
}

/** The filter with the present id of its user. */
export async function withoutAlias(
  transaction: Transact,
  dialect: Dialect,
  filter: VerificationFilter,
): Promise<VerificationFilter> {
  if (filter.userId === undefined) return filter;
  const [userId = filter.userId] = await resolveAliases(transaction, dialect, [filter.userId]);
  return { ...filter, userId };
}

/** A page is short where an index leads straight to its rows: nothing else narrows the list, or it is of few users. */
function readerOf(database: Database, { filter, order }: VerificationQuery, sight: Sight): Database['read'] {
  if (filter.userId !== undefined) return database.read;
  if (sight !== 'ALL' && !isOfSourcesAlone(sight)) return readerFor(database, sight);
  const narrowing = Object.entries(filter).filter(([, value]) => value !== undefined);
  const inOrder = isDefault(order) ? OF_STANDINGS : ['times'];
  const isPlain =
    (sight === 'ALL' || inOrder === OF_STANDINGS) &&
    narrowing.every(([field]) => inOrder.includes(field)) &&
    Object.keys(filter.times ?? {}).every((time) => time === order.by);
  return isPlain ? database.read : database.longRead;
}

/** What an index has in the default order. */
const OF_STANDINGS = ['times', 'sources', 'kinds', 'statuses'];

async function listOf(
  transaction: Transact,
  dialect: Dialect,
  query: VerificationQuery,
  sight: Sight,
): Promise<KeysetList<KnownRow>> {
  const column = timeColumns[query.order.by];
  const filter = withoutTime(query.filter, query.order.by);
  const known = selectKnown(transaction, dialect, sight);
  const standings = isByStanding(filter, sight)
    ? await readStandings(transaction, dialect, filter, sight)
    : null;
  const isOfStandings =
    standings !== null && (isDefault(query.order) || (await areFew(transaction, standings)));
  const by = await pagedBy(transaction, dialect, sight);
  return {
    order: orderOf(query),
    positionOf: (row) => ({ value: row[column], id: row.id }),
    ...(isOfStandings
      ? fetchByStanding(transaction, known, standings, whereBesides(dialect, filter, sight))
      : fetchInOrder(transaction, known, verificationWhere(dialect, filter, sight, by))),
  };
}

function fetchInOrder(
  transaction: Transact,
  known: ReturnType<typeof selectKnown>,
  meant: ReturnType<typeof verificationWhere>,
): Pick<KeysetList<KnownRow>, 'fetch' | 'hasRows'> {
  return {
    async fetch(run, limit) {
      return await inOrder(known.where(meant).where(run.where), run).limit(limit).execute();
    },
    async hasRows(run) {
      const look = transaction.selectFrom('verifications').select('verifications.id').where(meant);
      return (await inOrder(look.where(run.where), run).limit(1).executeTakeFirst()) !== undefined;
    },
  };
}

function isDefault({ by, direction }: VerificationOrder): boolean {
  return by === 'lastChangedAt' && direction === 'DESC';
}

/** The ranges of the time that orders the list are ends of the segments instead: one range of the index has one low and one high end. */
function withoutTime(filter: VerificationFilter, time: VerificationTime): VerificationFilter {
  const { [time]: _ordering, ...others } = filter.times ?? {};
  return { ...filter, times: others };
}

function orderOf({ filter, order }: VerificationQuery): ListOrder {
  const ranges = filter.times?.[order.by] ?? [];
  const lows = ranges.flatMap(({ from }) => from ?? []).sort();
  const highs = ranges.flatMap(({ before }) => before ?? []).sort();
  return {
    direction: order.direction,
    nullable: ranges.length === 0 && order.by !== 'statusSince' && order.by !== 'lastChangedAt',
    low: lows.at(-1) ?? null,
    high: highs.at(0) ?? null,
  };
}
