import { sql } from 'kysely';

import type { StatusChangeFilter } from '#kyc/change-filter';
import type { Sight } from '#kyc/sight';
import type { Database } from '#store/database';
import { areFewUsers, inSnapshot } from '#store/snapshot';
import type { ChangeTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { statusChangesOfRows } from './change-rows.ts';
import { type By, type Meant, statusChangesMeant } from './change-where.ts';
import type { ChangePage, ChangePageRequest } from './changes.ts';
import { demandHeld, readEnds } from './log-ends.ts';
import { withoutAliases } from './read-changes.ts';

interface ChangeQuery {
  readonly filter: StatusChangeFilter;
  readonly page: ChangePageRequest;
}

/** One page of the changes of verifications that the filter means and the caller sees, oldest first. */
export async function pageStatusChanges(
  database: Database,
  { filter, page }: ChangeQuery,
  sight: Sight,
): Promise<ChangePage> {
  const { dialect } = database;
  const by = readBy(filter, sight);
  return await inSnapshot(by === 'INDEX' ? database.read : database.longRead, async (transaction) => {
    const present = await withoutAliases(transaction, dialect, filter);
    const list = listOf(transaction, statusChangesMeant(dialect, present, sight, by), by);
    const { rows, ...found } = await readPage(transaction, list, page);
    return { ...found, rows: await statusChangesOfRows(transaction, dialect, rows, sight) };
  });
}

export async function countStatusChanges(
  database: Database,
  filter: StatusChangeFilter,
  sight: Sight,
): Promise<number> {
  const { dialect } = database;
  return await inSnapshot(database.longRead, async (transaction) => {
    const present = await withoutAliases(transaction, dialect, filter);
    const { count } = await transaction
      .selectFrom('changes')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .where(statusChangesMeant(dialect, present, sight, readBy(filter, sight)))
      .executeTakeFirstOrThrow();
    return Number(count);
  });
}

const FEW_SUBJECTS = 20;

function readBy({ userIds, verificationIds }: StatusChangeFilter, sight: Sight): By {
  const isKeyed = [userIds, verificationIds].some((ids) => ids !== undefined && ids.length <= FEW_SUBJECTS);
  return isKeyed || areFewUsers(sight) ? 'INDEX' : 'ROW';
}

/** What a page is read from. */
interface List {
  /** Of what lies strictly between two positions the first rows, or the last ones. */
  fetch(between: { after: number; before: number }, how: Order): Promise<readonly ChangeTable[]>;
}
interface Order {
  readonly limit: number;
  readonly direction: 'asc' | 'desc';
}

/** Few rows are sorted: told their plain position, a planner may walk the log by it instead, and judge every row. */
function listOf(transaction: Transact, meant: Meant, by: By): List {
  const position = by === 'INDEX' ? sql<number>`(changes.position + 0)` : sql.ref<number>('changes.position');
  const changes = transaction.selectFrom('changes').selectAll().where(meant);
  return {
    fetch: async ({ after, before }, { limit, direction }) =>
      await changes
        .where(position, '>', after)
        .where(position, '<', before)
        .orderBy(position, direction)
        .limit(limit)
        .execute(),
  };
}

/** To be called in one read transaction. */
async function readPage(
  transaction: Transact,
  list: List,
  { take, direction, after, before }: ChangePageRequest,
): Promise<Omit<ChangePage, 'rows'> & { readonly rows: readonly ChangeTable[] }> {
  const ends = await readEnds(transaction);
  demandHeld(ends, [after, before]);
  const forward = direction === 'FORWARD';
  const between = { after: after ?? ends.cut, before: before ?? ends.head + 1 };
  const found = await list.fetch(between, { limit: take + 1, direction: forward ? 'asc' : 'desc' });
  const more = found.length > take;
  const rows = forward ? found.slice(0, take) : found.slice(0, take).toReversed();
  const whole = Math.max(between.after, between.before - 1);
  const reached = forward && more ? (rows.at(-1)?.position ?? between.after) : whole;
  const anyUpTo = async (end: number) =>
    (await list.fetch({ after: 0, before: end + 1 }, { limit: 1, direction: 'desc' })).length > 0;
  const anyAfter = async (start: number) =>
    (await list.fetch({ after: start, before: ends.head + 1 }, { limit: 1, direction: 'asc' })).length > 0;
  return {
    rows,
    reached,
    hasPrevious: (!forward && more) || (after !== null && (await anyUpTo(after))),
    hasNext: (forward && more) || (before !== null && (await anyAfter(reached))),
  };
}
