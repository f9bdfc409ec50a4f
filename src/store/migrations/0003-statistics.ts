import { type Kysely, sql } from 'kysely';

import { type Instant, secondsBetween } from '#kyc/instant';

/**
 * How long a decision took stands in a column of its own, for percentiles over all. Two indexes begin with what most
 * lists are narrowed by: one has the work lists in their default order, one all that is counted and measured. The
 * others hold only the few rows that they are for.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema.alterTable('verifications').addColumn('decision_seconds', 'double precision').execute();
  await fillIn(database.withTables<Filled>());
  const standing = ['source', 'kind', 'status'] as const;
  await schema
    .createIndex('verifications_standing')
    .on('verifications')
    .columns([...standing, 'last_changed_at desc', 'id'])
    .execute();
  await schema
    .createIndex('verifications_statistics')
    .on('verifications')
    .columns([...standing, 'created_at', 'check_type', 'decision_seconds'])
    .execute();
  await schema
    .createIndex('verifications_unmapped')
    .on('verifications')
    .columns(['source', 'source_status'])
    .where(sql.ref('status_reason'), '=', sql.lit('STATUS_UNRECOGNISED'))
    .execute();
  await schema
    .createIndex('verifications_faulty')
    .on('verifications')
    .columns(['last_changed_at desc', 'id'])
    .where(sql.ref('fault_count'), '>', sql.lit(0))
    .execute();
}

type Filled = {
  verifications: {
    id: string;
    created_at: Instant | null;
    decided_at: Instant | null;
    decision_seconds: number | null;
  };
};

const ROWS_AT_ONCE = 1000;

async function fillIn(database: Kysely<Filled>): Promise<void> {
  for (let last = ''; ; ) {
    const rows = await database
      .selectFrom('verifications')
      .select(['id', 'created_at', 'decided_at'])
      .where('id', '>', last)
      .orderBy('id')
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const { id, created_at, decided_at } of rows) {
      if (created_at === null || decided_at === null) continue;
      const decision_seconds = secondsBetween(created_at, decided_at);
      await database.updateTable('verifications').set({ decision_seconds }).where('id', '=', id).execute();
    }
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}
