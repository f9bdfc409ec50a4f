import type { Instant } from '#kyc/instant';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import { moveGrants } from '#store/grants/move-grants';
import { endReveals } from '#store/reveals/reveals';
import type { LinkRefusal } from '#store/store';
import type { Transact } from '#store/transact';

/** A link that is refused: thrown inside its transaction, which it rolls back, and handed to the caller as data. */
export class LinkRefusedError extends Error {
  override readonly name = 'LinkRefusedError';
  readonly refusal: LinkRefusal;

  constructor(code: LinkRefusal['code'], message: string) {
    super(message);
    this.refusal = { code, message };
  }
}

interface Joining {
  /** Users that are one person from now on; some may be founded by this transaction and have no row yet. */
  readonly userIds: readonly string[];
  readonly by: string;
  readonly at: Instant;
}

/**
 * Makes one user of several: the one with the earliest createdAt, then the smaller id, stays; the ids of the others are
 * its aliases for ever. Its answer is the caller's to move.
 * @returns the id that stays
 * @throws LinkRefusedError ALREADY_LINKED when two of them each hold identities that an earlier link joined
 */
export async function joinUsers(transaction: Transact, dialect: Dialect, joining: Joining): Promise<string> {
  const userIds = [...new Set(joining.userIds)].sort();
  await refuseTwoPeople(transaction, dialect, userIds);
  const rows = await transaction
    .selectFrom('users')
    .select(['id', 'created_at'])
    .where(anyOf(dialect, 'id', userIds))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  // One without a row is founded now, and so is the youngest.
  const stays = rows[0]?.id ?? userIds[0];
  if (stays === undefined) throw new TypeError('Joining needs a user.');
  const gone = userIds.filter((id) => id !== stays);
  if (gone.length > 0) await moveInto(transaction, dialect, { stays, gone, by: joining.by, at: joining.at });
  return stays;
}

async function refuseTwoPeople(
  transaction: Transact,
  dialect: Dialect,
  userIds: readonly string[],
): Promise<void> {
  const joined = await transaction
    .selectFrom('identities')
    .select('user_id')
    .distinct()
    .where(anyOf(dialect, 'user_id', userIds))
    .where('joined', '=', 1)
    .limit(2)
    .execute();
  if (joined.length < 2) return;
  throw new LinkRefusedError(
    'ALREADY_LINKED',
    'These identities belong to people who were each linked before; only mergeUsers makes one of them.',
  );
}

/**
 * Moves everything of `gone` to `stays`; the ids that are gone are its aliases for ever. `stays` may have no row yet.
 * Its answer is the caller's to move.
 */
export async function moveInto(
  transaction: Transact,
  dialect: Dialect,
  { stays, gone, by, at }: { stays: string; gone: readonly string[]; by: string; at: Instant },
): Promise<void> {
  await transaction
    .updateTable('identities')
    .set({ user_id: stays, linked_at: at, linked_by: by })
    .where(anyOf(dialect, 'user_id', gone))
    .execute();
  await transaction.updateTable('identities').set({ joined: 1 }).where('user_id', '=', stays).execute();
  await transaction
    .updateTable('user_aliases')
    .set({ user_id: stays })
    .where(anyOf(dialect, 'user_id', gone))
    .execute();
  await transaction
    .insertInto('user_aliases')
    .values(gone.map((id) => ({ alias_id: id, user_id: stays })))
    .execute();
  await moveGrants(transaction, dialect, stays, gone);
  await endReveals(transaction, dialect, [stays, ...gone]);
  await transaction
    .deleteFrom('users')
    .where(anyOf(dialect, 'id', gone))
    .execute();
}
