import type { Kysely } from 'kysely';

import { addMilliseconds, type Instant } from '#kyc/instant';
import type { Database } from '#store/database';
import type { ApiKeyTable, Tables } from '#store/tables';

/** A credential of a program, as it may be shown: without anything of its secret. */
export interface ApiKey {
  /** Public: what it is listed, rotated and revoked by. */
  readonly id: string;
  /** What kind of caller it makes, and with which scopes: words of `access/`. */
  readonly kind: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Null while it is not. */
  readonly revokedAt: Instant | null;
  /** To the hour or so; null while it was never used. */
  readonly lastUsedAt: Instant | null;
}

/** With what its secret is proved by: SHA-256, 32 bytes. */
export interface HeldApiKey extends ApiKey {
  readonly secretHash: Uint8Array;
}
export type NewApiKey = Pick<HeldApiKey, 'id' | 'secretHash' | 'kind' | 'subject' | 'scopes' | 'expiresAt'>;

/** Keys of this store. What one call does, the next `read` sees, at every gateway of the store. */
export interface ApiKeys {
  add(key: NewApiKey): Promise<void>;
  /** By its public id, one read by index; also when it is revoked or expired. Null for no key. */
  read(id: string): Promise<HeldApiKey | null>;
  /** All that ever were, oldest first. */
  list(): Promise<readonly ApiKey[]>;
  /**
   * Makes a key of the same kind, subject and scopes, and lets the old one end at `endsAt`, if it would not end before.
   * False, and nothing is done, for a key that does not hold any more or is none.
   */
  rotate(
    id: string,
    next: Pick<NewApiKey, 'id' | 'secretHash' | 'expiresAt'>,
    endsAt: Instant,
  ): Promise<boolean>;
  /** Ends a key for good. False when it is none, or revoked already. */
  revoke(id: string): Promise<boolean>;
  /** Notes that it was used now, unless that was noted within the hour. */
  noteUse(id: string): Promise<void>;
  /** Whether there ever was one. */
  exist(): Promise<boolean>;
}

const NOTED_EVERY_MS = 3_600_000;

export function createApiKeys(database: Database): ApiKeys {
  const { read, write } = database;
  return {
    async add(key) {
      const created_at = await database.now();
      await write.insertInto('api_keys').values(rowOf(key, created_at)).execute();
    },
    async read(id) {
      const row = await read.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : { ...keyOf(row), secretHash: row.secret_hash };
    },
    list: () => listApiKeys(read),
    rotate: (...request) => rotate(database, ...request),
    revoke: (id) => revoke(database, id),
    noteUse: (id) => noteUse(database, id),
    async exist() {
      return (await read.selectFrom('api_keys').select('id').limit(1).executeTakeFirst()) !== undefined;
    },
  };
}

/** All keys of a store that may be open for reading alone. */
export async function listApiKeys(database: Kysely<Tables>): Promise<readonly ApiKey[]> {
  const rows = await database
    .selectFrom('api_keys')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(keyOf);
}

/** The old one is ended first: a revocation at the same moment comes before, and then there is no next one. */
async function rotate(
  database: Database,
  id: string,
  next: Pick<NewApiKey, 'id' | 'secretHash' | 'expiresAt'>,
  endsAt: Instant,
): Promise<boolean> {
  return await database.write.transaction().execute(async (transaction) => {
    const at = await database.now(transaction);
    const old = await transaction
      .updateTable('api_keys')
      .set((eb) => ({
        expires_at: eb.case().when('expires_at', '<', endsAt).then(eb.ref('expires_at')).else(endsAt).end(),
      }))
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .returningAll()
      .executeTakeFirst();
    if (old === undefined) return false;
    const { kind, subject, scopes } = keyOf(old);
    await transaction
      .insertInto('api_keys')
      .values(rowOf({ ...next, kind, subject, scopes }, at))
      .execute();
    return true;
  });
}

async function revoke({ write, now }: Database, id: string): Promise<boolean> {
  const revoked_at = await now();
  const revoked = await write
    .updateTable('api_keys')
    .set({ revoked_at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return revoked.length > 0;
}

async function noteUse({ write, now }: Database, id: string): Promise<void> {
  const at = await now();
  const before = addMilliseconds(at, -NOTED_EVERY_MS);
  await write
    .updateTable('api_keys')
    .set({ last_used_at: at })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', before)]))
    .execute();
}

function rowOf(key: NewApiKey, created_at: Instant): ApiKeyTable {
  const { id, kind, subject, scopes, secretHash, expiresAt } = key;
  return {
    id,
    secret_hash: secretHash,
    kind,
    subject,
    scopes: scopes.join(' '),
    created_at,
    expires_at: expiresAt,
    revoked_at: null,
    last_used_at: null,
  };
}

function keyOf(row: ApiKeyTable): ApiKey {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    scopes: row.scopes === '' ? [] : row.scopes.split(' '),
    createdAt: row.created_at as Instant,
    expiresAt: row.expires_at as Instant,
    revokedAt: row.revoked_at as Instant | null,
    lastUsedAt: row.last_used_at as Instant | null,
  };
}
