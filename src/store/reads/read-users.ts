import type { Answer, NextAction, RollUpPolicy } from '#kyc/answer';
import type { Day, Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus, KycStatusReason } from '#kyc/status';
import type { Identity, IdentityRef, User } from '#kyc/user';
import { anyOf, isStorable } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import { resolveAliases } from '#store/links/aliases';
import type { IdentityTable, UserTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { identityInSight, userInSight } from './in-sight.ts';
import { ofFlag } from './row-to-known.ts';

/** Users by id, aliases or not, in the order asked for; null for an id of nobody or one out of sight. */
export async function readUsers(
  transaction: Transact,
  dialect: Dialect,
  ids: readonly string[],
  sight: Sight,
): Promise<readonly (User | null)[]> {
  const present = await resolveAliases(transaction, dialect, ids);
  if (present.length === 0) return [];
  const rows = await transaction
    .selectFrom('users')
    .selectAll()
    .where(anyOf(dialect, 'users.id', [...new Set(present)]))
    .where((eb) => eb.and(userInSight(dialect, sight, 'ROW')))
    .execute();
  const users = await usersOfRows(transaction, dialect, rows, sight);
  const byId = new Map(users.map((user) => [user.id, user]));
  return present.map((id) => byId.get(id) ?? null);
}

/** Users by one of their identities; null where the identity is unknown, or it or its user is out of sight. */
export async function readUsersByIdentity(
  transaction: Transact,
  dialect: Dialect,
  refs: readonly IdentityRef[],
  sight: Sight,
): Promise<readonly (User | null)[]> {
  const asked = refs.filter(({ externalId }) => isStorable(externalId));
  const owners = new Map<string, string>();
  for (const [source, list] of Map.groupBy(asked, (ref) => ref.source)) {
    const ids = list.map((ref) => ref.externalId);
    const rows = await transaction
      .selectFrom('identities')
      .select(['external_id', 'user_id'])
      .where('source', '=', source)
      .where(anyOf(dialect, 'external_id', ids))
      .execute();
    for (const row of rows) owners.set(identityKey({ source, externalId: row.external_id }), row.user_id);
  }
  const users = await readUsers(transaction, dialect, [...new Set(owners.values())], sight);
  const seen = new Map(
    users.flatMap((user) => (user?.identities ?? []).map((identity) => [identityKey(identity), user])),
  );
  return refs.map((ref) => seen.get(identityKey(ref)) ?? null);
}

/** An identity as one word. */
export function identityKey({ source, externalId }: IdentityRef): string {
  return `${source}:${externalId}`;
}

/** Rows of `users` as the domain knows them, each with those of its identities that are seen. */
export async function usersOfRows(
  transaction: Transact,
  dialect: Dialect,
  rows: readonly UserTable[],
  sight: Sight,
): Promise<readonly User[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const identities = await transaction
    .selectFrom('identities')
    .select(['source', 'external_id', 'user_id', 'linked_at', 'linked_by', 'last_read_at'])
    .select((eb) => eb('credential', 'is not', null).as('connected'))
    .where(anyOf(dialect, 'user_id', ids))
    .where((eb) => eb.and(identityInSight(dialect, sight)))
    .orderBy('source')
    .orderBy('external_id')
    .execute();
  const byUser = Map.groupBy(identities, (identity) => identity.user_id);
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at as Instant,
    identities: (byUser.get(row.id) ?? []).map((identity) => identityOfRow(identity)),
    answer: answerOfRow(row),
  }));
}

type IdentityRow = Pick<
  IdentityTable,
  'source' | 'external_id' | 'user_id' | 'linked_at' | 'linked_by' | 'last_read_at'
> & { readonly connected: unknown };

/** A flag that an expression makes is 0 or 1 on SQLite, true or false on PostgreSQL. */
export function identityOfRow(row: IdentityRow): Identity {
  return {
    source: row.source as SourceId,
    externalId: row.external_id,
    userId: row.user_id,
    linkedAt: row.linked_at as Instant,
    linkedBy: row.linked_by,
    connected: Boolean(row.connected),
    lastReadAt: row.last_read_at as Instant | null,
  };
}

function answerOfRow(row: UserTable): Answer {
  return {
    policy: row.policy as RollUpPolicy,
    status: row.status as KycStatus,
    reason: row.reason as KycStatusReason | null,
    becauseId: row.because_id,
    nextAction: row.next_action as NextAction,
    canRetry: ofFlag(row.can_retry),
    contributorIds: JSON.parse(row.contributor_ids) as string[],
    conflicting: row.conflicting === 1,
    validUntil: row.valid_until as Day | null,
    lapsesOn: row.lapses_on as Day | null,
  };
}
