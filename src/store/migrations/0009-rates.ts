import { type Kysely, sql } from 'kysely';

import type { Dialect } from '#store/dialect';

/** Budgets of callers, shared by gateways: UNLOGGED, since a crash may empty it, and a request waits for no disk. */
export async function up({ schema }: Kysely<unknown>, { name, text }: Dialect): Promise<void> {
  const table = schema
    .createTable('rates')
    .addColumn('key', text, (column) => column.primaryKey().notNull())
    .addColumn('full_at', 'double precision', (column) => column.notNull())
    .addColumn('taken', 'integer', (column) => column.notNull());
  await (name === 'postgres' ? table.modifyFront(sql`unlogged`) : table).execute();
}
