import type { StoreContext } from '#store/context';
import { moveAnswers } from '#store/intake/answers';

import { LinkRefusedError, moveInto } from './join-users.ts';
import { demandUser } from './present-user.ts';

/**
 * Makes one user of two, whoever was linked before: `keepId` stays, `mergeId` and its aliases are aliases of it for
 * ever. Users who are one already are found done.
 * @returns the id that stays
 * @throws LinkRefusedError NOT_FOUND for an unknown user, INVALID_INPUT for one id named twice
 */
export async function mergeUsers(
  context: StoreContext,
  { keepId, mergeId, by }: { keepId: string; mergeId: string; by: string },
): Promise<string> {
  if (keepId === mergeId)
    throw new LinkRefusedError('INVALID_INPUT', 'A user cannot be merged with itself: name two.');
  const { database, bell } = context;
  const { dialect } = database;
  const { stays, appended } = await database.write.transaction().execute(async (transaction) => {
    await dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    const stays = await demandUser(transaction, dialect, keepId);
    const goes = await demandUser(transaction, dialect, mergeId);
    if (stays === goes) return { stays, appended: 0 };
    await moveInto(transaction, dialect, { stays, gone: [goes], by, at });
    const causes = new Map([[stays, 'MERGE' as const]]);
    return { stays, appended: await moveAnswers(transaction, context, { causes, at }) };
  });
  if (appended > 0) bell.ring();
  return stays;
}
