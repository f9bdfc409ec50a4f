import type { IdentityRef } from '#kyc/user';
import { isStorable } from '#store/any-of';
import type { StoreContext } from '#store/context';
import { moveAnswers } from '#store/intake/answers';
import { type Hashes, isOneOf } from '#store/sealing';
import type { ConnectRequest, OpenCredential } from '#store/store';
import type { IdentityTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { joinUsers, LinkRefusedError } from './join-users.ts';
import { demandUser } from './present-user.ts';
import { demandPossible, takeIn } from './take-in.ts';

/**
 * Keeps the credential by which one identity is read, sealed, and joins the identity to a user when one is named.
 * @returns the id of its user
 * @throws LinkRefusedError ALREADY_LINKED for a credential of another owner than the one who is pinned, or by the rules of a link
 */
export async function connectIdentity(context: StoreContext, request: ConnectRequest): Promise<string> {
  const { identity, by } = request;
  demandPossible(identity);
  const { database, bell } = context;
  const { userId, appended } = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    const { rows, founded } = await takeIn(transaction, context, [identity], at);
    const named = await userNamed(transaction, context, request);
    if (request.mayJoin === false) demandNoOther(rows, [...founded, ...named]);
    const userIds = [...rows.map((row) => row.user_id), ...named];
    const userId = await joinUsers(transaction, database.dialect, { userIds, by, at });
    for (const row of rows) await keepCredential(transaction, context, request, row);
    const changed = founded.length > 0 || new Set(userIds).size > 1;
    if (!changed) return { userId, appended: 0 };
    return {
      userId,
      appended: await moveAnswers(transaction, context, { causes: new Map([[userId, 'LINK']]), at }),
    };
  });
  if (appended > 0) bell.ring();
  return userId;
}

/** The credential held for an identity; null where none is. @throws SealBrokenError */
export async function openCredential(
  { database, sealers }: StoreContext,
  identity: IdentityRef,
): Promise<OpenCredential | null> {
  if (!isStorable(identity.externalId)) return null;
  const row = await database.read
    .selectFrom('identities')
    .select('credential')
    .where('source', '=', identity.source)
    .where('external_id', '=', identity.externalId)
    .executeTakeFirst();
  if (row === undefined || row.credential === null) return null;
  return JSON.parse(sealers.credential.open(row.credential, sealContext(identity))) as OpenCredential;
}

/** @throws LinkRefusedError ALREADY_LINKED when anybody but these has one of the identities */
function demandNoOther(rows: readonly IdentityTable[], userIds: readonly string[]): void {
  if (rows.every((row) => userIds.includes(row.user_id))) return;
  throw new LinkRefusedError('ALREADY_LINKED', 'This name is taken.');
}

async function userNamed(
  transaction: Transact,
  { database }: StoreContext,
  { userId }: ConnectRequest,
): Promise<readonly string[]> {
  return userId === null ? [] : [await demandUser(transaction, database.dialect, userId)];
}

async function keepCredential(
  transaction: Transact,
  { sealers }: StoreContext,
  { identity, credential, owner, by }: ConnectRequest,
  row: IdentityTable,
): Promise<void> {
  const name = owner === null ? null : `${identity.source}\0${owner}`;
  const pins = name === null ? null : sealers.owner.hashes(name);
  demandSameOwner(row.owner_hash, pins);
  const { credential: secret, tenant } = credential;
  const sealed = sealers.credential.seal(
    JSON.stringify({ credential: secret, tenant }),
    sealContext(identity),
  );
  await transaction
    .updateTable('identities')
    .set((eb) => ({
      credential: sealed,
      owner_hash: pins?.[0] ?? null,
      owner: name === null ? null : sealers.owner.seal(name, sealContext(identity)),
      linked_by: eb.fn.coalesce('linked_by', eb.val(by)),
    }))
    .where('source', '=', row.source)
    .where('external_id', '=', row.external_id)
    .execute();
}

/** Once an owner is pinned, a credential that does not prove to be of the same owner is taken for another's. */
function demandSameOwner(pinned: Uint8Array | null, pins: Hashes | null): void {
  if (pinned === null || (pins !== null && isOneOf(pinned, pins))) return;
  throw new LinkRefusedError('ALREADY_LINKED', 'This name is connected to another owner at the source.');
}

/** What the sealed values of an identity are bound to. */
export function sealContext({ source, externalId }: IdentityRef): string {
  return `${source}\0${externalId}`;
}
