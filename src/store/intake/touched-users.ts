import type { RollUpPolicy } from '#kyc/answer';
import type { UserChangeCause } from '#kyc/change';

import type { ChangeDraft } from './log.ts';
import type { FirstSight, Met } from './meet.ts';
import type { Plan, StoredRow } from './plan.ts';
import type { HeldSet } from './verification-rows.ts';

/**
 * The users whose answer a plan may move, each with what it moved by: BACKFILL where only first sights of a backfill
 * touch the user, else VERIFICATION.
 */
export function causesOf(of: {
  plan: Plan;
  drafts: readonly ChangeDraft[];
  held: HeldSet;
  people: Met;
  policy: RollUpPolicy;
  firstSight: FirstSight;
}): ReadonlyMap<string, UserChangeCause> {
  const causes = new Map<string, UserChangeCause>();
  const touch = (userId: string | undefined, cause: UserChangeCause) => {
    if (userId === undefined) return;
    const before = causes.get(userId) ?? cause;
    causes.set(userId, before === cause ? cause : 'VERIFICATION');
  };
  const learnt = new Map(
    of.drafts.filter((row) => row.effective === 1).map((row) => [row.subject_id, row.cause]),
  );
  const touchIdentity = (externalId: string, cause: UserChangeCause) =>
    touch(of.people.known.get(externalId)?.user_id, cause);

  for (const [id, { arrival }] of of.plan.written) {
    const cause = learnt.get(id) === 'BACKFILL' ? 'BACKFILL' : 'VERIFICATION';
    for (const { externalUserId } of arrival.subjects) touchIdentity(externalUserId, cause);
    for (const externalId of of.held.subjects.get(id)?.keys() ?? []) touchIdentity(externalId, cause);
  }
  for (const [id, arrival] of of.plan.confirmed) {
    const row = of.held.rows.get(id);
    if (row === undefined || !countsByObservation(row, of.policy)) continue;
    for (const { externalUserId } of arrival.subjects) touchIdentity(externalUserId, 'VERIFICATION');
  }
  for (const [externalId, userId] of of.people.newUsers) {
    if (causes.has(userId)) continue;
    touch(userId, of.firstSight(externalId) === 'BACKFILL' ? 'BACKFILL' : 'VERIFICATION');
  }
  return causes;
}

/** True for a record whose weight in the answer moves with each read, because the source does not date it. */
function countsByObservation(row: StoredRow, policy: RollUpPolicy): boolean {
  if (row.decided_at !== null) return false;
  return policy === 'any' || (row.updated_at === null && row.created_at === null);
}
