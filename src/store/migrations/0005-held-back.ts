import type { Kysely } from 'kysely';

import type { Dialect } from '#store/dialect';

/** Deletions that wait for an operator, beside the scans that missed the records. */
export async function up({ schema }: Kysely<unknown>, { text }: Dialect): Promise<void> {
  await schema.alterTable('scans').addColumn('held_back', text).execute();
}
