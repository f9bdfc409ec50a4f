import type { Kysely } from 'kysely';

import type { StatusChange, UserChangeCause, UserKycChange } from '#kyc/change';
import type { StatusChangeFilter, UserKycChangeFilter } from '#kyc/change-filter';
import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { idsOfUsers, resolveAliases } from '#store/links/aliases';
import { inSnapshot } from '#store/snapshot';
import type { ChangeTable, Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import { statusChangesOfRows, userKycChangeOf } from './change-rows.ts';
import { answerMovesMeant, type Meant, statusChangesMeant, userKycChangesMeant } from './change-where.ts';
import type { AnswerMove, ReadAfter, ReadTo } from './changes.ts';
import { demandHeld, readEnds } from './log-ends.ts';

/** Positions that one step looks at: few enough to be judged one by one on the main thread. */
const SCANNED_AT_ONCE = 500;

export async function readStatusChanges(
  { read, dialect }: Database,
  { filter, ...query }: ReadAfter<StatusChangeFilter>,
  sight: Sight,
): Promise<ReadTo<StatusChange>> {
  return await inSnapshot(read, async (transaction) => {
    const meant = statusChangesMeant(
      dialect,
      await withoutAliases(transaction, dialect, filter),
      sight,
      'ROW',
    );
    const { rows, reached } = await scan(transaction, query, meant);
    return { rows: await statusChangesOfRows(transaction, dialect, rows, sight), reached };
  });
}

export async function readUserKycChanges(
  { read, dialect }: Database,
  { filter, ...query }: ReadAfter<UserKycChangeFilter>,
  sight: Sight,
): Promise<ReadTo<UserKycChange>> {
  return await inSnapshot(read, async (transaction) => {
    const { userIds } = filter;
    const ids = userIds === undefined ? {} : { userIds: await idsOfUsers(transaction, dialect, userIds) };
    const meant = userKycChangesMeant(dialect, { ...filter, ...ids }, sight);
    const { rows, reached } = await scan(transaction, query, meant);
    return { rows: rows.map(userKycChangeOf), reached };
  });
}

export async function readAnswerMoves(
  { read, dialect }: Database,
  { filter, ...query }: ReadAfter<Pick<UserKycChangeFilter, 'userIds'>>,
  sight: Sight,
): Promise<ReadTo<AnswerMove>> {
  return await inSnapshot(read, async (transaction) => {
    const { rows, reached } = await scan(transaction, query, answerMovesMeant(dialect, sight));
    const moves = await movesOfRows(transaction, dialect, rows, sight);
    const wanted =
      filter.userIds === undefined
        ? null
        : new Set(await resolveAliases(transaction, dialect, filter.userIds));
    return { rows: moves.filter(({ userId }) => wanted?.has(userId) ?? true), reached };
  });
}

/** Each user once, by the last of the rows. */
async function movesOfRows(
  transaction: Transact,
  dialect: Dialect,
  rows: readonly ChangeTable[],
  sight: Sight,
): Promise<readonly AnswerMove[]> {
  const ofRecords = rows.filter(({ type }) => type === 'STATUS');
  const ofUsers = rows.filter(({ type }) => type === 'USER');
  const subjects = ofUsers.map((row) => row.subject_id);
  const present = await resolveAliases(transaction, dialect, subjects);
  const changes = await statusChangesOfRows(transaction, dialect, ofRecords, sight);
  const moves = [
    ...changes.flatMap(({ userId, position, observedAt }): readonly AnswerMove[] =>
      userId === null ? [] : [{ userId, position, observedAt, cause: 'VERIFICATION' }],
    ),
    ...ofUsers.map(({ position, observed_at, cause }, at): AnswerMove => {
      const userId = present[at] ?? '';
      return { userId, position, observedAt: observed_at as Instant, cause: cause as UserChangeCause };
    }),
  ].toSorted((one, other) => one.position - other.position);
  const last = new Map(moves.map((move) => [move.userId, move]));
  return moves.filter((move) => last.get(move.userId) === move);
}

/** Whoever is named by an id of before is meant under the present one. */
export async function withoutAliases(
  database: Kysely<Tables>,
  dialect: Dialect,
  filter: StatusChangeFilter,
): Promise<StatusChangeFilter> {
  if (filter.userIds === undefined) return filter;
  return { ...filter, userIds: await resolveAliases(database, dialect, filter.userIds) };
}

async function scan(
  transaction: Transact,
  { after, limit }: { readonly after: number; readonly limit: number },
  meant: Meant,
): Promise<ReadTo<ChangeTable>> {
  const ends = await readEnds(transaction);
  demandHeld(ends, [after]);
  const end = Math.min(ends.head, after + SCANNED_AT_ONCE);
  const rows = await transaction
    .selectFrom('changes')
    .selectAll()
    .where('changes.position', '>', after)
    .where('changes.position', '<=', end)
    .where(meant)
    .orderBy('changes.position')
    .limit(limit)
    .execute();
  return { rows, reached: rows.length === limit ? (rows.at(-1)?.position ?? after) : end };
}
