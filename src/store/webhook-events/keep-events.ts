import { randomBytes } from 'node:crypto';

import { sql } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import { excluded } from '#store/dialect';
import { partsOf } from '#store/parts';
import type { Transact } from '#store/transact';

import type { WebhookEventTable } from './webhook-event-table.ts';
import type { ToldEvent } from './webhook-events.ts';

const ROWS_AT_ONCE = 50;

/**
 * One transaction, without the append lock: it waits behind no batch of another gateway. Rows stand in one order, so that
 * deliveries that overlap do not hold each other up for ever.
 */
export async function keepEvents(
  context: StoreContext,
  source: SourceId,
  events: readonly ToldEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const { database } = context;
  await database.write.transaction().execute(async (transaction) => {
    const at = await database.now(transaction);
    const rows = rowsOf(context, source, events, at);
    for (const part of partsOf(rows, ROWS_AT_ONCE)) await upsert(transaction, part);
  });
}

/** Said twice in one delivery it is said once. */
function rowsOf(
  { sealers }: StoreContext,
  source: SourceId,
  events: readonly ToldEvent[],
  at: Instant,
): readonly WebhookEventTable[] {
  const rows = new Map<string, WebhookEventTable>();
  for (const { text, externalUserId } of events) {
    const hash = sealers.event.hash(text);
    rows.set(Buffer.from(hash).toString('hex'), {
      id: randomBytes(16).toString('hex'),
      source,
      hash,
      external_user_id: externalUserId,
      body: sealers.event.seal(text, source),
      state: 'WAITING',
      reason: null,
      received_at: at,
      arrivals: 1,
      attempts: 0,
      next_attempt_at: at,
      repeated: 0,
    });
  }
  return [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

/** One that waits keeps its turn, and its lease where somebody works on it: `settle` sees that it was said again. */
async function upsert(transaction: Transact, rows: readonly WebhookEventTable[]): Promise<void> {
  const isWaiting = sql<boolean>`webhook_events.state = 'WAITING'`;
  await transaction
    .insertInto('webhook_events')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['source', 'hash']).doUpdateSet({
        body: excluded<Uint8Array>('body'),
        external_user_id: excluded<string | null>('external_user_id'),
        state: 'WAITING',
        reason: null,
        received_at: excluded<string>('received_at'),
        arrivals: sql`webhook_events.arrivals + 1`,
        attempts: sql`case when ${isWaiting} then webhook_events.attempts else 0 end`,
        next_attempt_at: sql`case when ${isWaiting} then webhook_events.next_attempt_at else excluded.next_attempt_at end`,
        repeated: sql`case when webhook_events.state = 'DONE' then 1 else webhook_events.repeated end`,
      }),
    )
    .execute();
}
