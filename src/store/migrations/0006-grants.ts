import { type Kysely, sql } from 'kysely';

import { isStorable } from '#store/any-of';
import type { Dialect } from '#store/dialect';

/**
 * What partners may see. The business account of an application, by which some of it is given, stands in a column of
 * its own, filled from what is held already.
 */
export async function up(database: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { schema } = database;
  const { text } = dialect;
  await schema
    .createTable('grants')
    .addColumn('partner', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('granted_at', text, (column) => column.notNull())
    .addColumn('granted_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('grants_key', ['partner', 'kind', 'value'])
    .execute();
  await schema.createIndex('grants_value').on('grants').columns(['kind', 'value']).execute();
  await schema.alterTable('verifications').addColumn('business_account_id', text).execute();
  await fillIn(database.withTables<Filled>());
  await schema
    .createIndex('verifications_business_account')
    .on('verifications')
    .column('business_account_id')
    .where(sql.ref('business_account_id'), 'is not', null)
    .execute();
}

type Filled = {
  verifications: { id: string; kind: string; details: string; business_account_id: string | null };
};

const ROWS_AT_ONCE = 1000;

/** Read here: JSON that escapes NUL anywhere is none to PostgreSQL. */
async function fillIn(database: Kysely<Filled>): Promise<void> {
  for (let last = ''; ; ) {
    const rows = await database
      .selectFrom('verifications')
      .select(['id', 'details'])
      .where('kind', '=', 'IDV_APPLICATION')
      .where('id', '>', last)
      .orderBy('id')
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const { id, details } of rows) {
      const { businessAccountId = null } = JSON.parse(details) as { businessAccountId?: string | null };
      if (businessAccountId === null || !isStorable(businessAccountId)) continue;
      await database
        .updateTable('verifications')
        .set({ business_account_id: businessAccountId })
        .where('id', '=', id)
        .execute();
    }
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}
