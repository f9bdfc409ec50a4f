import type { Kysely } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';
import { MAX_BATCH } from '#store/store';
import type { Tables } from '#store/tables';

import { buryIn } from './bury.ts';
import { inLock } from './in-lock.ts';

/** Records of a source that complete scans did not see. Whatever sees one of them takes it out of these. */
export interface Missed {
  readonly source: SourceId;
  /** Last seen by a scan before this one. */
  readonly before: number;
  /** When the scan was started that missed them last: what was read since is not among them. */
  readonly readStartedAt: Instant;
}

export async function countMissed(database: Pick<Kysely<Tables>, 'selectFrom'>, missed: Missed) {
  const query = selectMissed(database, missed).select((eb) =>
    eb.fn.countAll<number | string>().as('records'),
  );
  return Number((await query.executeTakeFirstOrThrow()).records);
}

/** Buries them, a batch in a transaction of its own, so that others get their turn in between. @returns how many */
export async function buryMissed(context: StoreContext, missed: Missed): Promise<number> {
  for (let deleted = 0; ; ) {
    const buried = await buryBatch(context, missed);
    deleted += buried;
    if (buried < MAX_BATCH) return deleted;
  }
}

async function buryBatch(context: StoreContext, missed: Missed): Promise<number> {
  const { buried, appended } = await inLock(context, async (transaction) => {
    const rows = await selectMissed(transaction, missed).select('id').limit(MAX_BATCH).execute();
    return await buryIn(transaction, context, {
      source: missed.source,
      verificationIds: rows.map((row) => row.id),
      learntBy: 'POLL',
      readStartedAt: missed.readStartedAt,
    });
  });
  if (appended > 0) context.bell.ring();
  return buried;
}

function selectMissed(database: Pick<Kysely<Tables>, 'selectFrom'>, missed: Missed) {
  return database
    .selectFrom('verifications')
    .where('source', '=', missed.source)
    .where('seen_generation', '<', missed.before)
    .where('deleted', '=', 0)
    .where('read_started_at', '<=', missed.readStartedAt);
}
