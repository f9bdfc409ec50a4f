import type { IdentityRef } from '#kyc/user';
import type { StoreContext } from '#store/context';
import { moveAnswers } from '#store/intake/answers';
import { recordedUserId } from '#store/intake/people';
import type { Transact } from '#store/transact';

import { LinkRefusedError } from './join-users.ts';
import { demandUser } from './present-user.ts';
import { demandPossible } from './take-in.ts';

/**
 * Parts one identity from its user. The user keeps id and aliases, also when the identity founded it; what splits off is
 * a user of its own under an id that nobody had before.
 * @returns the id of the user that the identity left
 * @throws LinkRefusedError NOT_FOUND for an unknown user or another's identity, INVALID_INPUT for the last identity
 */
export async function unlinkIdentity(
  context: StoreContext,
  request: { userId: string; identity: IdentityRef; by: string },
): Promise<string> {
  const { identity, by } = request;
  demandPossible(identity);
  const { database, bell } = context;
  const { userId, appended } = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    const userId = await demandUser(transaction, database.dialect, request.userId);
    const stayBehind = await demandOthers(transaction, userId, identity);
    const splitOff = recordedUserId();
    await transaction
      .updateTable('identities')
      .set({ user_id: splitOff, linked_at: at, linked_by: by, joined: 0 })
      .where('source', '=', identity.source)
      .where('external_id', '=', identity.externalId)
      .execute();
    // Whoever is left with one identity may be linked again like anyone who never was.
    if (stayBehind === 1)
      await transaction.updateTable('identities').set({ joined: 0 }).where('user_id', '=', userId).execute();
    const causes = new Map([userId, splitOff].map((id) => [id, 'UNLINK' as const]));
    return { userId, appended: await moveAnswers(transaction, context, { causes, at }) };
  });
  if (appended > 0) bell.ring();
  return userId;
}

/** How many identities the user has beside this one. */
async function demandOthers(
  transaction: Transact,
  userId: string,
  { source, externalId }: IdentityRef,
): Promise<number> {
  const held = await transaction
    .selectFrom('identities')
    .select(['source', 'external_id'])
    .where('user_id', '=', userId)
    .execute();
  if (!held.some((row) => row.source === source && row.external_id === externalId))
    throw new LinkRefusedError('NOT_FOUND', 'This user has no such identity.');
  if (held.length === 1)
    throw new LinkRefusedError('INVALID_INPUT', 'It is the only identity of this user: nothing to part.');
  return held.length - 1;
}
