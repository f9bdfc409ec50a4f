import type { IdentityRef } from '#kyc/user';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import { loadIdentities } from '#store/intake/people';
import { identityKey } from '#store/reads/read-users';
import type { Transact } from '#store/transact';

import { resolveAliases } from './aliases.ts';
import type { ImportedPerson } from './imported-person.ts';

/**
 * Tells of which of these people the store says all of it already, by few statements for all of them: a file that is
 * read again costs little. Users only ever grow while people are taken in, so that what was true at the start stays.
 */
export async function findKnown(
  transaction: Transact,
  dialect: Dialect,
  people: readonly ImportedPerson[],
): Promise<(person: ImportedPerson) => boolean> {
  const holders = await loadHolders(
    transaction,
    people.flatMap(({ identities }) => identities),
  );
  const ids = people.flatMap(idsOf);
  const present = await presentUsers(transaction, dialect, ids);
  return (person) => {
    const users = new Set(person.identities.map((ref) => holders.get(identityKey(ref)) ?? null));
    for (const id of idsOf(person)) users.add(present.get(id) ?? null);
    return users.size === 1 && !users.has(null);
  };
}

/** By identity: the user who has it. */
export async function loadHolders(
  transaction: Transact,
  refs: readonly IdentityRef[],
): Promise<ReadonlyMap<string, string>> {
  const holders = new Map<string, string>();
  for (const [source, list] of Map.groupBy(refs, (ref) => ref.source)) {
    const rows = await loadIdentities(
      transaction,
      source,
      list.map((ref) => ref.externalId),
    );
    for (const row of rows.values())
      holders.set(identityKey({ source, externalId: row.external_id }), row.user_id);
  }
  return holders;
}

/** By user id, an alias or not: the present user, for ids that somebody has. */
export async function presentUsers(
  transaction: Transact,
  dialect: Dialect,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const resolved = await resolveAliases(transaction, dialect, ids);
  const rows = await transaction
    .selectFrom('users')
    .select('id')
    .where(anyOf(dialect, 'id', resolved))
    .execute();
  const held = new Set(rows.map((row) => row.id));
  return new Map(
    ids.flatMap((id, at) => {
      const user = resolved[at] ?? id;
      return held.has(user) ? [[id, user] as const] : [];
    }),
  );
}

export function idsOf({ userId, aliases }: Pick<ImportedPerson, 'userId' | 'aliases'>): readonly string[] {
  return userId === null ? aliases : [userId, ...aliases];
}
