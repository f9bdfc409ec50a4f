import type { Instant } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import { isFinal, kycStatuses } from '#kyc/status';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { resolveAliases } from '#store/links/aliases';
import type { Sealers } from '#store/sealing';
import type { SourceCounts } from '#store/store-reads';
import type { Transact } from '#store/transact';

import { identityInSight, recordInSight } from './in-sight.ts';
import { selectKnown } from './known-rows.ts';
import { knownOfRow } from './row-to-known.ts';

/** Verifications by id, in the order asked for; null for an unknown id or one out of sight. */
export async function readVerifications(
  database: Database,
  sealers: Sealers,
  ids: readonly string[],
  sight: Sight,
): Promise<readonly (KnownVerification | null)[]> {
  if (ids.length === 0) return [];
  const { dialect } = database;
  const rows = await selectKnown(database.read, dialect, sight)
    .where(anyOf(dialect, 'verifications.id', ids))
    .where((eb) => eb.and(recordInSight(dialect, sight, 'ROW')))
    .execute();
  const byId = new Map(rows.map((row) => [row.id, knownOfRow(row, sealers)]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** The payload of one record, opened. @throws SealBrokenError */
export async function readRaw(
  { read, dialect }: Database,
  sealers: Sealers,
  id: string,
  sight: Sight,
): Promise<unknown> {
  const row = await read
    .selectFrom('verifications')
    .select('raw')
    .where(anyOf(dialect, 'verifications.id', [id]))
    .where((eb) => eb.and(recordInSight(dialect, sight, 'ROW')))
    .executeTakeFirst();
  return row === undefined || row.raw === null ? null : JSON.parse(sealers.raw.open(row.raw, id));
}

/** All verifications that count for any identity in sight of each user, ids in byte order, under the ids asked for. */
export async function readVerificationsOfUsers(
  transaction: Transact,
  { dialect, sealers }: { dialect: Dialect; sealers: Sealers },
  userIds: readonly string[],
  sight: Sight,
): Promise<ReadonlyMap<string, readonly KnownVerification[]>> {
  const present = await resolveAliases(transaction, dialect, userIds);
  const counting = await idsCountingFor(transaction, dialect, [...new Set(present)], sight);
  const wanted = [...new Set([...counting.values()].flat())];
  if (wanted.length === 0) return new Map(userIds.map((id) => [id, []]));
  const rows = await selectKnown(transaction, dialect, sight)
    .where(anyOf(dialect, 'verifications.id', wanted))
    .where((eb) => eb.and(recordInSight(dialect, sight, 'ROW')))
    .execute();
  const byId = new Map(rows.map((row) => [row.id, knownOfRow(row, sealers)]));
  return new Map(
    userIds.map((asked, at) => {
      const ids = counting.get(present[at] ?? asked) ?? [];
      return [asked, ids.flatMap((id) => byId.get(id) ?? [])];
    }),
  );
}

async function idsCountingFor(
  transaction: Transact,
  dialect: Dialect,
  users: readonly string[],
  sight: Sight,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await transaction
    .selectFrom('identities')
    .innerJoin('subjects', (join) =>
      join
        .onRef('subjects.source', '=', 'identities.source')
        .onRef('subjects.external_user_id', '=', 'identities.external_id'),
    )
    .select(['identities.user_id', 'subjects.verification_id'])
    .distinct()
    .where(anyOf(dialect, 'identities.user_id', users))
    .where((eb) => eb.and(identityInSight(dialect, sight)))
    .orderBy('subjects.verification_id')
    .execute();
  const byUser = Map.groupBy(rows, (row) => row.user_id);
  return new Map([...byUser].map(([user, list]) => [user, list.map((row) => row.verification_id)]));
}

const OPEN_STATUSES = kycStatuses.filter((status) => !isFinal(status));

/** How much of a source is held; tombstones are not counted. */
export async function countOfSource(
  { longRead, dialect }: Database,
  source: SourceId,
): Promise<SourceCounts> {
  const row = await longRead
    .selectFrom('verifications')
    .select((eb) => [
      eb.fn.countAll<number | string>().as('records'),
      eb.fn.count<number | string>(eb.case().when('fault_count', '>', 0).then(1).end()).as('faulty'),
      eb.fn
        .min(
          eb
            .case()
            .when(anyOf(dialect, 'status', OPEN_STATUSES))
            .then(eb.ref('observed_at'))
            .end(),
        )
        .as('oldest_open'),
    ])
    .where('source', '=', source)
    .where('deleted', '=', 0)
    .executeTakeFirstOrThrow();
  return {
    records: Number(row.records),
    faulty: Number(row.faulty),
    oldestOpenObservedAt: row.oldest_open as Instant | null,
  };
}
