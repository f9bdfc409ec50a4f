import type { Kysely } from 'kysely';

import type { Dialect } from '#store/dialect';

/** All tables of tables.ts, with the indexes that the writing half needs. */
export async function up(database: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await createPeople(database, dialect);
  await createVerifications(database, dialect);
  await createLog(database, dialect);
  await createIndexes(database);
}

async function createPeople(database: Kysely<unknown>, { text, integer, bytes }: Dialect): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('meta')
    .addColumn('key', text, (column) => column.primaryKey().notNull())
    .addColumn('value', text, (column) => column.notNull())
    .execute();
  await schema
    .createTable('users')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('policy', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('because_id', text)
    .addColumn('next_action', text, (column) => column.notNull())
    .addColumn('can_retry', integer)
    .addColumn('contributor_ids', text, (column) => column.notNull())
    .addColumn('conflicting', integer, (column) => column.notNull())
    .addColumn('valid_until', text)
    .addColumn('lapses_on', text)
    .addColumn('kyc_sequence', integer, (column) => column.notNull())
    .execute();
  await schema
    .createTable('user_aliases')
    .addColumn('alias_id', text, (column) => column.primaryKey().notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .execute();
  await schema
    .createTable('identities')
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('external_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('linked_at', text, (column) => column.notNull())
    .addColumn('linked_by', text)
    .addColumn('joined', integer, (column) => column.notNull())
    .addColumn('last_read_at', text)
    .addColumn('open', integer, (column) => column.notNull())
    .addColumn('owner_hash', bytes)
    .addColumn('credential', bytes)
    .addPrimaryKeyConstraint('identities_key', ['source', 'external_id'])
    .execute();
}

async function createVerifications(
  database: Kysely<unknown>,
  { text, integer, bytes }: Dialect,
): Promise<void> {
  await database.schema
    .createTable('verifications')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('external_id', text, (column) => column.notNull())
    .addColumn('external_user_id', text)
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('status_reason', text)
    .addColumn('source_status', text)
    .addColumn('source_status_word', text)
    .addColumn('outcome', text)
    .addColumn('outcome_word', text)
    .addColumn('can_retry', integer)
    .addColumn('created_at', text)
    .addColumn('updated_at', text)
    .addColumn('decided_at', text)
    .addColumn('status_since', text, (column) => column.notNull())
    .addColumn('last_changed_at', text, (column) => column.notNull())
    .addColumn('observed_at', text, (column) => column.notNull())
    .addColumn('read_started_at', text, (column) => column.notNull())
    .addColumn('document_expires_on', text)
    .addColumn('check_type', text)
    .addColumn('profile_id', text)
    .addColumn('account_type', text)
    .addColumn('details', text, (column) => column.notNull())
    .addColumn('faults', text, (column) => column.notNull())
    .addColumn('fault_count', integer, (column) => column.notNull())
    .addColumn('personal', bytes)
    .addColumn('raw', bytes)
    .addColumn('content_hash', bytes, (column) => column.notNull())
    .addColumn('sequence', integer, (column) => column.notNull())
    .addColumn('deleted', integer, (column) => column.notNull())
    .addColumn('seen_generation', integer, (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('subjects')
    .addColumn('verification_id', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('external_user_id', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('subjects_key', ['verification_id', 'external_user_id'])
    .execute();
}

async function createLog(database: Kysely<unknown>, { text, integer }: Dialect): Promise<void> {
  await database.schema
    .createTable('changes')
    .addColumn('position', integer, (column) => column.primaryKey().notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('subject_id', text, (column) => column.notNull())
    .addColumn('sequence', integer, (column) => column.notNull())
    .addColumn('source', text)
    .addColumn('kind', text)
    .addColumn('user_id', text)
    .addColumn('from_status', text)
    .addColumn('to_status', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('source_status', text)
    .addColumn('outcome', text)
    .addColumn('next_action', text)
    .addColumn('because_id', text)
    .addColumn('effective', integer, (column) => column.notNull())
    .addColumn('occurred_at', text)
    .addColumn('observed_at', text, (column) => column.notNull())
    .addColumn('cause', text, (column) => column.notNull())
    .addColumn('source_event_id', text)
    .execute();
  await database.schema
    .createTable('scans')
    .addColumn('source', text, (column) => column.primaryKey().notNull())
    .addColumn('generation', integer, (column) => column.notNull())
    .addColumn('running', integer, (column) => column.notNull())
    .addColumn('checkpoint', text)
    .addColumn('started_at', text)
    .addColumn('unidentified', integer, (column) => column.notNull())
    .addColumn('total_at_source', integer)
    .addColumn('incomplete', text)
    .addColumn('completed_generation', integer, (column) => column.notNull())
    .addColumn('completed_started_at', text)
    .addColumn('completed_at', text)
    .addColumn('failure', text)
    .addColumn('attempted_at', text)
    .execute();
}

async function createIndexes({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createIndex('changes_subject')
    .on('changes')
    .columns(['subject_id', 'sequence'])
    .unique()
    .execute();
  await schema
    .createIndex('subjects_identity')
    .on('subjects')
    .columns(['source', 'external_user_id'])
    .execute();
  await schema.createIndex('identities_user').on('identities').column('user_id').execute();
  await schema
    .createIndex('identities_due')
    .on('identities')
    .columns(['source', 'open', 'last_read_at'])
    .execute();
  await schema.createIndex('users_lapses').on('users').column('lapses_on').execute();
  await schema.createIndex('users_policy').on('users').column('policy').execute();
  await schema.createIndex('user_aliases_user').on('user_aliases').column('user_id').execute();
  await schema
    .createIndex('verifications_seen')
    .on('verifications')
    .columns(['source', 'seen_generation'])
    .execute();
}
