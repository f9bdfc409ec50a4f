import type { Kysely } from 'kysely';

import type { Dialect } from '#store/dialect';

/**
 * A reveal says why, and of which kind the caller is who asked for it. Those that hold at this moment end: they say
 * neither.
 */
export async function up({ schema }: Kysely<unknown>, { text }: Dialect): Promise<void> {
  await schema.dropTable('reveals').execute();
  await schema
    .createTable('reveals')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('until', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('reveals_of_a_caller', ['kind', 'subject', 'user_id'])
    .execute();
  await schema.createIndex('reveals_of_a_user').on('reveals').column('user_id').execute();
}
