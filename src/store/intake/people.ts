import { createHmac, randomBytes } from 'node:crypto';

import { userId } from '#kyc/id';
import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import { anyOf } from '#store/any-of';
import type { StoreContext } from '#store/context';
import { insertRows, type RowsInto } from '#store/insert-rows';
import type { IdentityTable } from '#store/tables';
import type { Transact } from '#store/transact';

const KEY_BYTES = 16;

/**
 * The public id of the user who is made for an identity seen for the first time. Never for one seen before: that user
 * may be another by then.
 */
export function foundingUserId(storeId: string, { source, externalId }: IdentityRef): string {
  const key = createHmac('sha256', storeId).update(`${source}\0${externalId}`, 'utf8').digest();
  return userId(key.subarray(0, KEY_BYTES).toString('base64url'));
}

/** The public id of a user who splits off another: derived from nothing, recorded with the user. */
export function recordedUserId(): string {
  return userId(randomBytes(KEY_BYTES).toString('base64url'));
}

/** The known ones of these external ids at one source. */
export async function loadIdentities(
  transaction: Transact,
  source: SourceId,
  externalIds: Iterable<string>,
): Promise<Map<string, IdentityTable>> {
  const wanted = [...new Set(externalIds)];
  if (wanted.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('identities')
    .selectAll()
    .where('source', '=', source)
    .where('external_id', 'in', wanted)
    .execute();
  return new Map(rows.map((row) => [row.external_id, row]));
}

/**
 * Adds the identities that are not in `known` yet, each with a user id of its own, to the store and to `known`.
 * The users themselves are made by moveAnswers, with their first answer and their first row of the log: pass it the
 * ids that this gives back.
 */
export async function addMissingIdentities(
  transaction: Transact,
  context: Pick<StoreContext, 'storeId' | 'database'>,
  request: {
    source: SourceId;
    externalIds: Iterable<string>;
    known: Map<string, IdentityTable>;
    at: Instant;
  },
): Promise<readonly string[]> {
  const { source, known, at } = request;
  const missing = [...new Set(request.externalIds)].filter((externalId) => !known.has(externalId));
  if (missing.length === 0) return [];
  const derived = missing.map((externalId) => foundingUserId(context.storeId, { source, externalId }));
  const taken = await loadTakenIds(transaction, context, derived);
  const rows = missing.map((externalId, index): IdentityTable => {
    const id = derived[index];
    const user_id = id === undefined || taken.has(id) ? recordedUserId() : id;
    return { ...NEW_IDENTITY, source, external_id: externalId, user_id, linked_at: at };
  });
  await insertRows(transaction, INTO_IDENTITIES, rows);
  for (const row of rows) known.set(row.external_id, row);
  return rows.map((row) => row.user_id);
}

const INTO_IDENTITIES: RowsInto<'identities'> = {
  table: 'identities',
  columns: [
    'source',
    'external_id',
    'user_id',
    'linked_at',
    'linked_by',
    'joined',
    'last_read_at',
    'open',
    'owner_hash',
    'credential',
  ],
  takenOver: null,
};

/** Those of the ids that somebody has or had: ids come back with imported links too. */
async function loadTakenIds(
  transaction: Transact,
  { database: { dialect } }: Pick<StoreContext, 'database'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await transaction
    .selectFrom('users')
    .select('id')
    .where(anyOf(dialect, 'id', ids))
    .unionAll(
      transaction
        .selectFrom('user_aliases')
        .select('alias_id as id')
        .where(anyOf(dialect, 'alias_id', ids)),
    )
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** An identity that was never read and is linked to none. */
export const NEW_IDENTITY = {
  linked_by: null,
  joined: 0,
  last_read_at: null,
  open: 1,
  owner_hash: null,
  owner: null,
  credential: null,
} as const;
