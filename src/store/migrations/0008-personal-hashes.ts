import type { Kysely } from 'kysely';

import type { Dialect } from '#store/dialect';

/**
 * What users are searched by, which identities were erased, and the owner of a credential sealed beside its hash, so
 * that the hash can be made with another key. Hashes name their key from now on. What is stored already gets its hashes
 * by and by: the mark says from which record on.
 */
export async function up(database: Kysely<unknown>, { text, bytes }: Dialect): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('personal_hashes')
    .addColumn('verification_id', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('external_user_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('hash', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('personal_hashes_key', ['verification_id', 'external_user_id', 'kind', 'hash'])
    .execute();
  await schema.createIndex('personal_hashes_found').on('personal_hashes').columns(['hash', 'kind']).execute();
  await schema
    .createTable('erasures')
    .addColumn('hash', bytes, (column) => column.primaryKey().notNull())
    .addColumn('identity', bytes, (column) => column.notNull())
    .addColumn('erased_at', text, (column) => column.notNull())
    .addColumn('completed_at', text)
    .execute();
  await schema.alterTable('identities').addColumn('owner', bytes).execute();
  const stored = database.withTables<Stored>();
  await nameKeysOfPins(stored);
  const record = await stored.selectFrom('verifications').select('id').limit(1).executeTakeFirst();
  if (record !== undefined)
    await stored.insertInto('meta').values({ key: 'searches_to_fill', value: '' }).execute();
}

type Stored = {
  meta: { key: string; value: string };
  verifications: { id: string };
  identities: { source: string; external_id: string; owner_hash: Uint8Array | null };
};

const HASHED_FORMAT = 2;

/** Until now a store had one key: the one that its check was sealed with. */
async function nameKeysOfPins(stored: Kysely<Stored>): Promise<void> {
  const check = await stored
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'key_check')
    .executeTakeFirst();
  if (check === undefined) return;
  const keyId = Buffer.from(check.value, 'base64').subarray(1, 5);
  const pins = await stored
    .selectFrom('identities')
    .selectAll()
    .where('owner_hash', 'is not', null)
    .execute();
  for (const { source, external_id, owner_hash } of pins) {
    const named = Buffer.concat([Buffer.from([HASHED_FORMAT]), keyId, owner_hash ?? Buffer.alloc(0)]);
    await stored
      .updateTable('identities')
      .set({ owner_hash: new Uint8Array(named) })
      .where('source', '=', source)
      .where('external_id', '=', external_id)
      .execute();
  }
}
