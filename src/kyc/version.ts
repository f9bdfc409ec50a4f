import type { Instant } from './instant.ts';

/** How a source's records are ordered in time: by their own update time, or by when their read was started. */
export const versionings = ['updatedAt', 'read'] as const;
export type Versioning = (typeof versionings)[number];

/** What decides which of two reads of one record is newer. */
export interface Version {
  /** The source's own update time; null where it gives none. */
  readonly updatedAt: Instant | null;
  /** When the request that read it was started, by the store's clock. */
  readonly readStartedAt: Instant;
}

/**
 * True when `candidate` may move what `held` says. A declared update time decides by time, never by arrival; of equal
 * times, and wherever a side declares none, the read that started later wins. The same read is not newer than itself
 * only by accident: of equal starts the candidate wins, so that a repeated batch settles on the last answer.
 */
export function supersedes(versioning: Versioning, candidate: Version, held: Version): boolean {
  const declared = versioning === 'updatedAt' && candidate.updatedAt !== null && held.updatedAt !== null;
  if (declared && candidate.updatedAt !== held.updatedAt) {
    return (candidate.updatedAt ?? '') > (held.updatedAt ?? '');
  }
  return candidate.readStartedAt >= held.readStartedAt;
}
