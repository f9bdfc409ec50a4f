import type { LogEntry } from '#store/changes/changes';

/**
 * What somebody waits for in the log. It may fit more than they are given in the end: it only says when to look. Nothing
 * of one caller's but their ids may be held by it.
 */
export interface LogInterest {
  /** Only what concerns one of these users, by any id that they ever had; null: anybody. */
  readonly userIds: ReadonlySet<string> | null;
  /** Only what is about one of these records; null: any. */
  readonly verificationIds: ReadonlySet<string> | null;
  /** What else must be true of an entry. */
  fits(entry: LogEntry): boolean;
}

export function isOfInterest(entry: LogEntry, { userIds, verificationIds, fits }: LogInterest): boolean {
  const { verificationId } = entry;
  if (verificationIds !== null && (verificationId === null || !verificationIds.has(verificationId)))
    return false;
  if (userIds !== null && !entry.userIds.some((id) => userIds.has(id))) return false;
  return fits(entry);
}
