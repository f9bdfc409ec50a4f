import { addMilliseconds, type Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { Database } from '#store/database';

/** So long the same text said again is known to have been done with. */
const KEPT_MS = 30 * 86_400_000;

export async function lastReceivedAt({ read }: Database, source: SourceId): Promise<Instant | null> {
  const row = await read
    .selectFrom('webhook_events')
    .select((eb) => eb.fn.max('received_at').as('at'))
    .where('source', '=', source)
    .executeTakeFirst();
  return (row?.at ?? null) as Instant | null;
}

export async function newestWaiting({ read }: Database, source: SourceId): Promise<Instant | null> {
  const row = await read
    .selectFrom('webhook_events')
    .select((eb) => eb.fn.max('received_at').as('at'))
    .where('state', '=', 'WAITING')
    .where('source', '=', source)
    .executeTakeFirst();
  return (row?.at ?? null) as Instant | null;
}

/** The last of each source stays: it says when that last told anything. */
export async function forgetDone(database: Database, limit: number): Promise<boolean> {
  const before = addMilliseconds(await database.now(), -KEPT_MS);
  const old = await database.longRead
    .selectFrom('webhook_events as old')
    .select('old.id')
    .where('old.state', '=', 'DONE')
    .where('old.received_at', '<', before)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('webhook_events as newer')
          .select('newer.id')
          .whereRef('newer.source', '=', 'old.source')
          .whereRef('newer.received_at', '>', 'old.received_at'),
      ),
    )
    .limit(limit)
    .execute();
  if (old.length === 0) return false;
  const ids = old.map(({ id }) => id);
  // Said again since, it is there to be worked on.
  await database.write
    .deleteFrom('webhook_events')
    .where('id', 'in', ids)
    .where('state', '=', 'DONE')
    .execute();
  return old.length === limit;
}
