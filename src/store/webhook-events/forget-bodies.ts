import type { SourceId } from '#kyc/source-id';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

/** For users who are erased: what was said of them goes. What waits still says whom to read; what is put aside is done. */
export async function forgetBodies(
  transaction: Transact,
  dialect: Dialect,
  source: SourceId,
  externalUserIds: readonly string[],
): Promise<void> {
  const theirs = transaction
    .updateTable('webhook_events')
    .where('source', '=', source)
    .where(anyOf(dialect, 'external_user_id', externalUserIds));
  await theirs.set({ body: null }).execute();
  await theirs
    .set({ state: 'DONE', external_user_id: null, reason: null })
    .where('state', '=', 'PUT_ASIDE')
    .execute();
}
