import { addMilliseconds, type Instant } from '#kyc/instant';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

/** Who may read whose personal data in clear for a while. What one call does, the next one sees, at every gateway. */
export interface Reveals {
  /** Until when, by the store's clock; users whose data this subject may not read in clear now are left out. */
  until(subject: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Instant>>;
  /** From now on for so many minutes, in the place of an earlier one; returns until when. `userId`: the present public id. */
  reveal(reveal: { subject: string; userId: string; minutes: number }): Promise<Instant>;
}

const MINUTE_MS = 60_000;

export function createReveals(database: Database): Reveals {
  const { read, write, dialect } = database;
  return {
    async until(subject, userIds) {
      const rows = await read
        .selectFrom('reveals')
        .select(['user_id', 'until'])
        .where('subject', '=', subject)
        .where(anyOf(dialect, 'user_id', userIds))
        .execute();
      if (rows.length === 0) return new Map();
      const at = await database.now();
      const holding = rows.filter(({ until }) => until > at);
      return new Map(holding.map(({ user_id, until }) => [user_id, until as Instant]));
    },
    async reveal({ subject, userId, minutes }) {
      return await write.transaction().execute(async (transaction) => {
        const at = await database.now(transaction);
        const until = addMilliseconds(at, minutes * MINUTE_MS);
        await transaction.deleteFrom('reveals').where('until', '<=', at).execute();
        await transaction
          .insertInto('reveals')
          .values({ subject, user_id: userId, until })
          .onConflict((conflict) => conflict.columns(['subject', 'user_id']).doUpdateSet({ until }))
          .execute();
        return until;
      });
    },
  };
}

/** For users who become one: whoever was to read the one was not meant to read the other. */
export async function endReveals(
  transaction: Transact,
  dialect: Dialect,
  userIds: readonly string[],
): Promise<void> {
  await transaction
    .deleteFrom('reveals')
    .where(anyOf(dialect, 'user_id', userIds))
    .execute();
}
