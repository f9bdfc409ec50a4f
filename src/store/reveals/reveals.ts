import { addMilliseconds, type Instant } from '#kyc/instant';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

/** Who reads: the same name of another kind is another caller. */
export interface Reader {
  readonly kind: string;
  readonly subject: string;
}

export interface Reveal {
  /** By the store's clock. */
  readonly until: Instant;
  /** As the reader said it. */
  readonly reason: string;
}

/** Who may read whose personal data in clear for a while. What one call does, the next one sees, at every gateway. */
export interface Reveals {
  /** The reveals that hold now; users whose data this caller may not read in clear are left out. */
  of(reader: Reader, userIds: readonly string[]): Promise<ReadonlyMap<string, Reveal>>;
  /** From now on for so many minutes, in the place of an earlier one; returns until when. `userId`: the present public id. */
  reveal(to: Reader, reveal: { userId: string; minutes: number; reason: string }): Promise<Instant>;
}

const MINUTE_MS = 60_000;

export function createReveals(database: Database): Reveals {
  const { read, write, dialect } = database;
  return {
    async of({ kind, subject }, userIds) {
      const rows = await read
        .selectFrom('reveals')
        .select(['user_id', 'until', 'reason'])
        .where('kind', '=', kind)
        .where('subject', '=', subject)
        .where(anyOf(dialect, 'user_id', userIds))
        .execute();
      if (rows.length === 0) return new Map();
      const at = await database.now();
      const holding = rows.filter(({ until }) => until > at);
      return new Map(
        holding.map(({ user_id, until, reason }) => [user_id, { until: until as Instant, reason }]),
      );
    },
    async reveal({ kind, subject }, { userId, minutes, reason }) {
      return await write.transaction().execute(async (transaction) => {
        const at = await database.now(transaction);
        const until = addMilliseconds(at, minutes * MINUTE_MS);
        await transaction.deleteFrom('reveals').where('until', '<=', at).execute();
        await transaction
          .insertInto('reveals')
          .values({ kind, subject, user_id: userId, until, reason })
          .onConflict((conflict) =>
            conflict.columns(['kind', 'subject', 'user_id']).doUpdateSet({ until, reason }),
          )
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
