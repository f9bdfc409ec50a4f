/** What one request read in clear, for the audit, which has it before the answer leaves. Never a value. */
export interface ClearReads {
  /** @param field `Person.email` */
  note(userId: string, field: string): void;
  /** The fields read of each user, by public id, both in the order of their first read. */
  readonly byUser: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Made for one request, of one caller. */
export function createClearReads(): ClearReads {
  const byUser = new Map<string, Set<string>>();
  return {
    byUser,
    note(userId, field) {
      const fields = byUser.get(userId) ?? new Set();
      byUser.set(userId, fields.add(field));
    },
  };
}
