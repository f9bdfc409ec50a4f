import type { Kysely } from 'kysely';

import type { Dialect } from '#store/dialect';

/** Which gateway works on what, and which gateways there are; times are milliseconds of the epoch by the database's clock. */
export async function up({ schema }: Kysely<unknown>, { text, integer }: Dialect): Promise<void> {
  await schema
    .createTable('leases')
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('holder', text, (column) => column.notNull())
    .addColumn('token', integer, (column) => column.notNull())
    .addColumn('until', integer, (column) => column.notNull())
    .addColumn('started_at', integer)
    .addColumn('next_at', integer)
    .addColumn('wanted_at', integer)
    .execute();
  await schema
    .createTable('gateways')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('until', integer, (column) => column.notNull())
    .addColumn('works_on', text, (column) => column.notNull())
    .execute();
}
