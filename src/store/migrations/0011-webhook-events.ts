import { type Kysely, sql } from 'kysely';

import type { Dialect } from '#store/dialect';

/**
 * What sources told by themselves, kept before they are answered. Found by what was said, so that the same thing said
 * again is one row; those that wait by when they are due; those put aside newest first.
 */
export async function up({ schema }: Kysely<unknown>, { text, integer, bytes }: Dialect): Promise<void> {
  await schema
    .createTable('webhook_events')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('hash', bytes, (column) => column.notNull())
    .addColumn('external_user_id', text)
    .addColumn('body', bytes)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('received_at', text, (column) => column.notNull())
    .addColumn('arrivals', integer, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('next_attempt_at', text, (column) => column.notNull())
    .addColumn('repeated', integer, (column) => column.notNull())
    .execute();
  await schema
    .createIndex('webhook_events_said')
    .on('webhook_events')
    .columns(['source', 'hash'])
    .unique()
    .execute();
  await schema
    .createIndex('webhook_events_waiting')
    .on('webhook_events')
    .columns(['source', 'next_attempt_at'])
    .where(sql.ref('state'), '=', sql.lit('WAITING'))
    .execute();
  await schema
    .createIndex('webhook_events_put_aside')
    .on('webhook_events')
    .columns(['received_at desc', 'id'])
    .where(sql.ref('state'), '=', sql.lit('PUT_ASIDE'))
    .execute();
  await schema
    .createIndex('webhook_events_received')
    .on('webhook_events')
    .columns(['source', 'received_at'])
    .execute();
  await schema
    .createIndex('webhook_events_user')
    .on('webhook_events')
    .columns(['source', 'external_user_id'])
    .where(sql.ref('external_user_id'), 'is not', null)
    .execute();
}
