import { type Kysely, sql } from 'kysely';

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
  const details = dialect.name === 'postgres' ? sql`details::json` : sql`details`;
  await sql`update verifications set business_account_id = ${details} ->> 'businessAccountId'
    where kind = 'IDV_APPLICATION'`.execute(database);
  await schema
    .createIndex('verifications_business_account')
    .on('verifications')
    .column('business_account_id')
    .where(sql.ref('business_account_id'), 'is not', null)
    .execute();
}
