import type { UserKycChange } from '#kyc/change';
import type { UserKycChangeFilter } from '#kyc/change-filter';
import { isLimitedToSources } from '#kyc/sight';
import type { AnswerMove, LogEntry } from '#store/changes/changes';

import type { GraphContext } from './context.ts';
import { interestOf } from './log-interest-of.ts';
import { type LogQuery, readKey } from './tail-log.ts';

type Filter = Omit<UserKycChangeFilter, 'includeBackfill'>;
type Found = UserKycChange | AnswerMove;

/**
 * Changes of users' answers that fit a filter. To who sees users in part it gives what they see of an answer now,
 * whenever that may have moved: the answer itself is made of what they do not see, too.
 */
export function userKycChangesQuery(filter: Filter): LogQuery<Found, UserKycChange> {
  const { to, ...ofUsers } = filter;
  const keyOf = readKey('userKycChanged', filter);
  const fits = (to: Filter['to']) => (entry: LogEntry) =>
    entry.type === 'USER' && !entry.isBackfill && (to?.includes(entry.to) ?? true);
  return {
    async read(query, { store: { changes }, sight, logTail }) {
      if (isLimitedToSources(sight))
        return await changes.readAnswerMoves({ ...query, filter: ofUsers }, sight);
      const read = () => changes.readUserKycChanges({ ...query, filter }, sight);
      return await (sight === 'ALL' ? logTail.reads.read(keyOf(query), read) : read());
    },
    give: async (found, context) => ('to' in found ? found : await visibleNow(found, filter, context)),
    async giveLater(found, context) {
      const { store, sight } = context;
      if (!('to' in found) || isLimitedToSources(sight)) return await visibleNow(found, filter, context);
      if (sight === 'ALL') return found;
      const query = { after: found.position - 1, limit: 1, filter: {} };
      const { rows } = await store.changes.readUserKycChanges(query, sight);
      return rows.find(({ position }) => position === found.position) ?? null;
    },
    interest: (caller) => interestOf(filter, caller.kind === 'PARTNER' ? mayMove : fits(to), caller),
  };
}

/** What may move an answer of which a partner sees a part, whatever the whole comes to. Grants may come and go. */
function mayMove(entry: LogEntry): boolean {
  return entry.effective && !entry.isBackfill;
}

/** The answer of now over what is seen, as User.kyc gives it from the store; null of a user out of sight, or another status. */
async function visibleNow(
  { position, userId, cause, observedAt }: Pick<Found, 'position' | 'userId' | 'cause' | 'observedAt'>,
  { to }: Filter,
  { loaders }: GraphContext,
): Promise<UserKycChange | null> {
  const user = await loaders.user(userId);
  if (user === null) return null;
  const { answer } = await loaders.answerOfUser(user, 'STORED');
  const { status, reason, nextAction, becauseId } = answer;
  if (to !== undefined && !to.includes(status)) return null;
  const told = { from: null, to: status, reason, nextAction, becauseId };
  return { position, sequence: NOT_COUNTED, userId: user.id, cause, observedAt, ...told };
}

/** Rows that a caller does not see would be counted too. */
const NOT_COUNTED = 0;
