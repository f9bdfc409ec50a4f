import { type Kysely, sql } from 'kysely';

import type { Dialect } from '#store/dialect';

/**
 * The audit, which refuses to be changed, and the reveals. Newest first, the audit is read whole, by user and by actor;
 * rows that anchor other chains are few among the others and are found by an index of their own.
 */
export async function up(database: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { schema } = database;
  const { text, integer, bytes } = dialect;
  await schema
    .createTable('audit')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('chain', text, (column) => column.notNull())
    .addColumn('sequence', integer, (column) => column.notNull())
    .addColumn('at', text, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('user_id', text)
    .addColumn('fields', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('decision', text, (column) => column.notNull())
    .addColumn('request_id', text, (column) => column.notNull())
    .addColumn('anchors', text)
    .addColumn('previous_hash', bytes, (column) => column.notNull())
    .addColumn('hash', bytes, (column) => column.notNull())
    .execute();
  for (const by of [[], ['user_id'], ['actor']] as const) {
    await schema
      .createIndex(['audit', ...by, 'at'].join('_'))
      .on('audit')
      .columns([...by, 'at desc', 'id'])
      .execute();
  }
  await schema
    .createIndex('audit_anchors')
    .on('audit')
    .column('id')
    .where(sql.ref('anchors'), 'is not', null)
    .execute();
  for (const statement of refusals[dialect.name]) await sql.raw(statement).execute(database);
  await schema
    .createTable('reveals')
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('until', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('reveals_key', ['subject', 'user_id'])
    .execute();
  await schema.createIndex('reveals_user').on('reveals').column('user_id').execute();
}

/** So that no statement of this gateway, or of a hand that slips, changes what was written. */
const refusals: Readonly<Record<Dialect['name'], readonly string[]>> = {
  sqlite: ['update', 'delete'].map(
    (change) =>
      `create trigger audit_no_${change} before ${change} on audit begin select raise(abort, 'The audit is append-only.'); end`,
  ),
  postgres: [
    `create function audit_is_append_only() returns trigger language plpgsql as
      $$ begin raise exception 'The audit is append-only.'; end $$`,
    `create trigger audit_no_change before update or delete or truncate on audit
      for each statement execute function audit_is_append_only()`,
  ],
};
