import type { SourceId } from './source-id.ts';

/**
 * What a caller may see. The store filters rows by it in its own query; `access/` alone makes one.
 * A verification is seen when its source is seen and its user is seen; a user when the user is.
 */
export interface Sight {
  readonly sources: 'ALL' | readonly SourceId[];
  /** Public ids of users, aliases resolved. */
  readonly users: 'ALL' | readonly string[];
}

export const SEES_ALL: Sight = { sources: 'ALL', users: 'ALL' };

export function seesSource(sight: Sight, source: SourceId): boolean {
  return sight.sources === 'ALL' || sight.sources.includes(source);
}

export function seesUser(sight: Sight, userId: string | null): boolean {
  return sight.users === 'ALL' || (userId !== null && sight.users.includes(userId));
}
