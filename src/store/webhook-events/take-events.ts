import { addMilliseconds, type Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import type { Database } from '#store/database';
import { SealBrokenError, type Sealer } from '#store/sealing';
import type { Transact } from '#store/transact';

import type { WebhookEventTable } from './webhook-event-table.ts';
import type { EventOutcome, SettledEvent, TakenEvent } from './webhook-events.ts';

/** A lease is a next attempt in the future: when it is over the event is due, whoever had it. */
export async function takeEvents(
  { database, sealers }: StoreContext,
  source: SourceId,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<readonly TakenEvent[]> {
  const at = await database.now();
  // A look that finds nothing, which most do, writes nothing.
  if (!(await isAnyDue(database, source, at))) return [];
  const rows = await database.write.transaction().execute(async (transaction) => {
    const ids = await lockDue(transaction, database, { source, at, limit });
    if (ids.length === 0) return [];
    return await transaction
      .updateTable('webhook_events')
      .set((eb) => ({
        attempts: eb('attempts', '+', 1),
        next_attempt_at: addMilliseconds(at, leaseMs),
      }))
      .where('id', 'in', ids)
      .returningAll()
      .execute();
  });
  const inTurn = rows.toSorted((one, other) => (one.received_at < other.received_at ? -1 : 1));
  return inTurn.map((row) => takenOf(row, sealers.event));
}

async function isAnyDue({ read }: Database, source: SourceId, at: Instant): Promise<boolean> {
  const due = await dueOf(read, source, at).limit(1).executeTakeFirst();
  return due !== undefined;
}

function dueOf(from: Database['read'] | Transact, source: SourceId, at: Instant) {
  return from
    .selectFrom('webhook_events')
    .select('id')
    .where('state', '=', 'WAITING')
    .where('source', '=', source)
    .where('next_attempt_at', '<=', at);
}

/** Where several gateways look at once, each passes over what another is about to take. */
async function lockDue(
  transaction: Transact,
  { dialect }: Database,
  of: { source: SourceId; at: Instant; limit: number },
): Promise<readonly string[]> {
  const rows = await dueOf(transaction, of.source, of.at)
    .orderBy('next_attempt_at')
    .limit(of.limit)
    .$if(dialect.name === 'postgres', (query) => query.forUpdate().skipLocked())
    .execute();
  return rows.map(({ id }) => id);
}

function takenOf(row: WebhookEventTable, sealer: Sealer): TakenEvent {
  return {
    id: row.id,
    text: openBody(row, sealer),
    externalUserId: row.external_user_id,
    receivedAt: row.received_at as Instant,
    attempts: row.attempts,
    arrivals: row.arrivals,
    repeated: row.repeated === 1,
  };
}

function openBody({ body, source }: WebhookEventTable, sealer: Sealer): string | null {
  if (body === null) return null;
  try {
    return sealer.open(body, source);
  } catch (error) {
    if (error instanceof SealBrokenError) return null;
    throw error;
  }
}

export async function settleEvents(
  { database }: Pick<StoreContext, 'database'>,
  settled: readonly SettledEvent[],
): Promise<void> {
  if (settled.length === 0) return;
  await database.write.transaction().execute(async (transaction) => {
    const at = await database.now(transaction);
    const inOrder = settled.toSorted((one, other) => (one.event.id < other.event.id ? -1 : 1));
    for (const { event, outcome } of inOrder) await settle(transaction, event, columnsOf(outcome, at), at);
  });
}

type Columns = Partial<WebhookEventTable>;

/** What is done with needs nothing personal any more. */
function columnsOf(outcome: EventOutcome, at: Instant): Columns {
  switch (outcome.state) {
    case 'DONE':
      return { state: 'DONE', body: null, external_user_id: null };
    case 'WAITING':
      return { next_attempt_at: addMilliseconds(at, outcome.forMs) };
    case 'PUT_ASIDE':
      return { state: 'PUT_ASIDE', reason: outcome.reason };
  }
}

/** The number of attempts says whose lease it is; that of arrivals whether it was said again meanwhile. */
async function settle(
  transaction: Transact,
  event: SettledEvent['event'],
  columns: Columns,
  at: Instant,
): Promise<void> {
  const own = transaction
    .updateTable('webhook_events')
    .where('id', '=', event.id)
    .where('state', '=', 'WAITING')
    .where('attempts', '=', event.attempts);
  await own.set(columns).where('arrivals', '=', event.arrivals).execute();
  await own.set({ next_attempt_at: at, attempts: 0 }).where('arrivals', '<>', event.arrivals).execute();
}

export async function waitingUsers({ read }: Database, source: SourceId): Promise<ReadonlySet<string>> {
  const rows = await read
    .selectFrom('webhook_events')
    .select('external_user_id')
    .distinct()
    .where('state', '=', 'WAITING')
    .where('source', '=', source)
    .where('external_user_id', 'is not', null)
    .execute();
  return new Set(rows.flatMap(({ external_user_id: id }) => id ?? []));
}
