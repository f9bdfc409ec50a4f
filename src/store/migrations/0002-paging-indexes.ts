import type { Kysely } from 'kysely';

const times = ['created_at', 'updated_at', 'decided_at', 'status_since', 'last_changed_at'] as const;

/**
 * What pages are read by. Ties are broken by ascending ids whatever the direction, so each time needs an index per
 * direction; paging backwards reads the same one from its end.
 */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  for (const time of times) {
    for (const direction of ['asc', 'desc'] as const) {
      await schema
        .createIndex(`verifications_${time}_${direction}`)
        .on('verifications')
        .columns([`${time} ${direction}`, 'id'])
        .execute();
    }
  }
  for (const column of ['external_id', 'external_user_id'] as const) {
    await schema.createIndex(`verifications_${column}`).on('verifications').column(column).execute();
  }
  await schema.createIndex('users_created_at_desc').on('users').columns(['created_at desc', 'id']).execute();
  await schema.createIndex('identities_external_id').on('identities').column('external_id').execute();
}
