import type { Instant } from '#kyc/instant';
import type { IdentityRef } from '#kyc/user';
import { anyOf } from '#store/any-of';
import type { StoreContext } from '#store/context';
import type { Dialect } from '#store/dialect';
import { moveAnswers } from '#store/intake/answers';
import { NEW_IDENTITY } from '#store/intake/people';
import { identityKey } from '#store/reads/read-users';
import type { IdentityTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { loadHolders, presentUsers } from './import-known.ts';
import type { ImportedPerson } from './imported-person.ts';
import { LinkRefusedError, moveInto } from './join-users.ts';
import { nameLinker } from './link-identities.ts';

interface Restoring extends ImportedPerson {
  readonly userId: string;
  readonly by: string;
  readonly at: Instant;
}

/** How a person to be restored stands in this store. */
interface Found {
  /** By id of the file: the user whom it names here. */
  readonly present: ReadonlyMap<string, string>;
  /** By identity: the user who has it here. */
  readonly holders: ReadonlyMap<string, string>;
  /** All of these users. */
  readonly users: ReadonlySet<string>;
  readonly missing: readonly IdentityRef[];
  readonly newIds: readonly string[];
}

/**
 * Makes one user, under the id that a file gives, of all whom it names by ids and identities; ids that nobody had here
 * come back, those that somebody had stay with that user. In a transaction that holds the append lock.
 * @throws LinkRefusedError with the transaction half done: it must be rolled back
 */
export async function restorePerson(
  transaction: Transact,
  context: StoreContext,
  person: Restoring,
): Promise<{ changed: boolean; appended: number }> {
  const { userId, by, at } = person;
  const { dialect } = context.database;
  const found = await find(transaction, dialect, person);
  if (found.users.size === 1 && found.missing.length === 0 && found.newIds.length === 0)
    return { changed: false, appended: 0 };
  await refuseOthers(transaction, dialect, person, found);
  const stays = found.present.get(userId) ?? userId;
  const gone = [...found.users].filter((id) => id !== stays);
  const createdAt = await earliest(transaction, dialect, gone, person);
  await addMissing(transaction, found.missing, { stays, by, at });
  if (gone.length > 0) await moveInto(transaction, dialect, { stays, gone, by, at });
  await markJoined(transaction, stays);
  await nameLinker(transaction, context, person.identities, by);
  await addAliases(transaction, found.newIds, stays);
  const move = { causes: new Map([[stays, 'LINK' as const]]), at, createdAt: new Map([[stays, createdAt]]) };
  return { changed: true, appended: await moveAnswers(transaction, context, move) };
}

async function find(transaction: Transact, dialect: Dialect, person: Restoring): Promise<Found> {
  const ids = [person.userId, ...person.aliases];
  const holders = await loadHolders(transaction, person.identities);
  const present = await presentUsers(transaction, dialect, ids);
  const refs = new Map(person.identities.map((ref) => [identityKey(ref), ref]));
  return {
    present,
    holders,
    users: new Set([...present.values(), ...holders.values()]),
    missing: [...refs].flatMap(([key, ref]) => (holders.has(key) ? [] : [ref])),
    newIds: [...new Set(ids)].filter((id) => !present.has(id)),
  };
}

/**
 * Users whom the file names by id are who it says. Others, met through an identity, must be the same person beyond
 * doubt: nothing of theirs is left out by the file, and no earlier link stands against it.
 */
async function refuseOthers(
  transaction: Transact,
  dialect: Dialect,
  person: Restoring,
  { present, users }: Found,
): Promise<void> {
  const named = new Set(present.values());
  const others = [...users].filter((id) => !named.has(id));
  if (others.length === 0) return;
  const rows = await transaction
    .selectFrom('identities')
    .select(['source', 'external_id', 'user_id', 'joined'])
    .where(anyOf(dialect, 'user_id', [...users]))
    .execute();
  const said = new Set(person.identities.map(identityKey));
  const isOther = (row: (typeof rows)[number]) => !named.has(row.user_id);
  const leftOut = rows.some((row) => isOther(row) && !said.has(`${row.source}:${row.external_id}`));
  const joined = rows.filter((row) => row.joined === 1);
  const isTwoPeople = new Set(joined.map((row) => row.user_id)).size > 1 && joined.some(isOther);
  if (!leftOut && !isTwoPeople) return;
  throw new LinkRefusedError(
    'ALREADY_LINKED',
    'These identities are linked otherwise in this store; only unlinkIdentity and mergeUsers change that.',
  );
}

/** When the restored user was made: what the file says, or what the users say who become it. */
async function earliest(
  transaction: Transact,
  dialect: Dialect,
  gone: readonly string[],
  { createdAt, at }: Restoring,
): Promise<Instant> {
  const row = await transaction
    .selectFrom('users')
    .select((eb) => eb.fn.min('created_at').as('at'))
    .where(anyOf(dialect, 'id', gone))
    .executeTakeFirst();
  const times = [createdAt, row?.at as Instant | null | undefined, at];
  return times.reduce<Instant>((least, time) => (time != null && time < least ? time : least), at);
}

/** Identities that nobody has seen yet found no user of their own here: theirs is the one of the file. */
async function addMissing(
  transaction: Transact,
  missing: readonly IdentityRef[],
  { stays, by, at }: { stays: string; by: string; at: Instant },
): Promise<void> {
  if (missing.length === 0) return;
  const rows = missing.map(
    ({ source, externalId }): IdentityTable => ({
      ...NEW_IDENTITY,
      source,
      external_id: externalId,
      user_id: stays,
      linked_at: at,
      linked_by: by,
    }),
  );
  await transaction.insertInto('identities').values(rows).execute();
}

async function markJoined(transaction: Transact, userId: string): Promise<void> {
  const { count } = await transaction
    .selectFrom('identities')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  if (Number(count) > 1)
    await transaction.updateTable('identities').set({ joined: 1 }).where('user_id', '=', userId).execute();
}

async function addAliases(transaction: Transact, ids: readonly string[], stays: string): Promise<void> {
  const rows = ids.filter((id) => id !== stays).map((id) => ({ alias_id: id, user_id: stays }));
  if (rows.length > 0) await transaction.insertInto('user_aliases').values(rows).execute();
}
