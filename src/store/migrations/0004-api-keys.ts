import type { Kysely } from 'kysely';

import type { Dialect } from '#store/dialect';

/** Credentials of programs. Of a secret only its hash is kept, and no row is ever taken away. */
export async function up({ schema }: Kysely<unknown>, { text, bytes }: Dialect): Promise<void> {
  await schema
    .createTable('api_keys')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('secret_hash', bytes, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('expires_at', text, (column) => column.notNull())
    .addColumn('revoked_at', text)
    .addColumn('last_used_at', text)
    .execute();
}
