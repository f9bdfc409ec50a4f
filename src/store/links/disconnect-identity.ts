import type { IdentityRef } from '#kyc/user';
import type { StoreContext } from '#store/context';

import { LinkRefusedError } from './join-users.ts';
import { demandPossible } from './take-in.ts';

/**
 * Forgets the credential held for an identity; without one there is nothing to forget. Who stood behind it stays pinned,
 * so that another owner's credential under the same name is still refused. What was read with it stays too.
 * @returns the id of the identity's user
 * @throws LinkRefusedError NOT_FOUND for an identity that was never seen
 */
export async function disconnectIdentity(
  { database }: Pick<StoreContext, 'database'>,
  identity: IdentityRef,
): Promise<string> {
  demandPossible(identity);
  const row = await database.write
    .updateTable('identities')
    .set({ credential: null })
    .where('source', '=', identity.source)
    .where('external_id', '=', identity.externalId)
    .returning('user_id')
    .executeTakeFirst();
  if (row === undefined) throw new LinkRefusedError('NOT_FOUND', 'This identity was never seen.');
  return row.user_id;
}
