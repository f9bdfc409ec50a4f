import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { Page, PageRequest } from '#kyc/page';
import type { SourceId } from '#kyc/source-id';
import { isStorable } from '#store/any-of';
import type { Database } from '#store/database';
import type { ListOrder } from '#store/reads/keyset';
import { inOrder, type KeysetList, readPage } from '#store/reads/keyset-page';
import { inSnapshot } from '#store/snapshot';
import type { Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import type { WebhookEventTable } from './webhook-event-table.ts';
import type { PutAsideEvent, PutAsideFilter, PutAsideReason } from './webhook-events.ts';

/** Events that are replayed in one transaction at most. */
export const MAX_REPLAYED = 200;

const NEWEST_FIRST: ListOrder = { direction: 'DESC', nullable: false, low: null, high: null };
const columns = { value: 'webhook_events.received_at', id: 'webhook_events.id' };
/** What an operator is shown: never what was said. */
const SHOWN = ['id', 'source', 'received_at', 'reason', 'attempts'] as const;
type ShownRow = Pick<WebhookEventTable, (typeof SHOWN)[number]>;

export async function pagePutAside(
  { longRead }: Database,
  { filter, page }: { filter: PutAsideFilter; page: PageRequest },
): Promise<Page<PutAsideEvent>> {
  return await inSnapshot(longRead, async (transaction) => {
    const read = await readPage(listOf(transaction, filter), columns, page);
    return { ...read, rows: read.rows.map(putAsideOf) };
  });
}

export async function countPutAside({ longRead }: Database, filter: PutAsideFilter): Promise<number> {
  const { count } = await longRead
    .selectFrom('webhook_events')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where(isMeant(filter))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function readPutAsideEvent({ read }: Database, id: string): Promise<PutAsideEvent | null> {
  if (!isStorable(id)) return null;
  const row = await read
    .selectFrom('webhook_events')
    .select(SHOWN)
    .where('id', '=', id)
    .where('state', '=', 'PUT_ASIDE')
    .executeTakeFirst();
  return row === undefined ? null : putAsideOf(row);
}

/** @throws RangeError for more than `MAX_REPLAYED` */
export async function replayPutAside(database: Database, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length > MAX_REPLAYED) throw new RangeError(`At most ${MAX_REPLAYED} events are replayed at once.`);
  const possible = ids.filter(isStorable);
  if (possible.length === 0) return [];
  const rows = await database.write
    .updateTable('webhook_events')
    .set({ state: 'WAITING', reason: null, attempts: 0, next_attempt_at: await database.now() })
    .where('id', 'in', possible)
    .where('state', '=', 'PUT_ASIDE')
    .returning('id')
    .execute();
  const replayed = new Set(rows.map(({ id }) => id));
  return [...new Set(ids)].filter((id) => replayed.has(id));
}

function isMeant({ source }: PutAsideFilter) {
  return (eb: ExpressionBuilder<Tables, 'webhook_events'>): Expression<SqlBool> =>
    eb.and([
      eb('webhook_events.state', '=', 'PUT_ASIDE'),
      ...(source === undefined ? [] : [eb('webhook_events.source', '=', source)]),
    ]);
}

function listOf(transaction: Transact, filter: PutAsideFilter): KeysetList<ShownRow> {
  const meant = transaction.selectFrom('webhook_events').where(isMeant(filter));
  return {
    order: NEWEST_FIRST,
    fetch: async (run, limit) =>
      await inOrder(meant.where(run.where), run).select(SHOWN).limit(limit).execute(),
    async hasRows(run) {
      const look = inOrder(meant.where(run.where), run).select('id');
      return (await look.limit(1).executeTakeFirst()) !== undefined;
    },
    positionOf: (row) => ({ value: row.received_at, id: row.id }),
  };
}

export function putAsideOf(row: ShownRow): PutAsideEvent {
  return {
    id: row.id,
    source: row.source as SourceId,
    receivedAt: row.received_at as Instant,
    reason: (row.reason ?? 'NEVER_ENDED') as PutAsideReason,
    attempts: row.attempts,
  };
}
