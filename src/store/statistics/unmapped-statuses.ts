import { sql } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { UnmappedStatus } from '#kyc/verification-stats';
import type { Database } from '#store/database';
import { verificationWhere } from '#store/reads/verification-where';

/** The statuses that records have now and no table of their source knows, by source and word; tombstones have none. */
export async function unmappedStatuses(
  { longRead, dialect }: Database,
  sight: Sight,
): Promise<readonly UnmappedStatus[]> {
  const rows = await longRead
    .selectFrom('verifications')
    .select((eb) => [
      'source',
      'source_status',
      eb.fn.countAll<number>().as('count'),
      eb.fn.min('last_changed_at').as('first_seen_at'),
      eb.fn.max('observed_at').as('last_seen_at'),
    ])
    // Spelled out, since only so the planner sees that their own index has them all.
    .where('status_reason', '=', sql.lit('STATUS_UNRECOGNISED'))
    .where('source_status', 'is not', null)
    .where(verificationWhere(dialect, {}, sight))
    .groupBy(['source', 'source_status'])
    .orderBy('source')
    .orderBy('source_status')
    .limit(MAX_WORDS)
    .execute();
  return rows.map((row) => ({
    source: row.source as SourceId,
    sourceStatus: row.source_status ?? '',
    count: row.count,
    firstSeenAt: row.first_seen_at as Instant,
    lastSeenAt: row.last_seen_at as Instant,
  }));
}

/** A source that says something else in every record has one fault, not a million. */
const MAX_WORDS = 1000;
