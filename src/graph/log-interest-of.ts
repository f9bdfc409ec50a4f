import type { Principal } from '#access/principal';
import type { LogInterest } from '#loaders/log-interest';

/** What a caller waits for: of an end user who names nobody that is what concerns themselves. */
export function interestOf(
  filter: { readonly userIds?: readonly string[]; readonly verificationIds?: readonly string[] },
  fits: LogInterest['fits'],
  { kind, userId }: Principal,
): LogInterest {
  const own = kind === 'END_USER' ? [userId ?? []].flat() : null;
  const userIds = filter.userIds ?? own;
  return {
    userIds: userIds === null ? null : new Set(userIds),
    verificationIds: filter.verificationIds === undefined ? null : new Set(filter.verificationIds),
    fits,
  };
}
