import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { resolveAliases } from '#store/links/aliases';
import { inSnapshot } from '#store/snapshot';
import type { ChangeTable } from '#store/tables';
import type { Transact } from '#store/transact';

import type { Changes, LogEntry } from './changes.ts';
import { demandHeld, readEnds } from './log-ends.ts';

const COLUMNS = [
  'position',
  'type',
  'subject_id',
  'source',
  'kind',
  'from_status',
  'to_status',
  'effective',
  'cause',
  'observed_at',
] as const;
type EntryRow = Pick<ChangeTable, (typeof COLUMNS)[number]>;
/** By the subject of a row: present ids of the users whom it is about. */
type UsersOfSubjects = ReadonlyMap<string, readonly string[]>;

export async function readEntries(
  { read, dialect }: Pick<Database, 'read' | 'dialect'>,
  { after, limit }: Parameters<Changes['readEntries']>[0],
): ReturnType<Changes['readEntries']> {
  return await inSnapshot(read, async (transaction) => {
    demandHeld(await readEnds(transaction), [after]);
    const rows = await transaction
      .selectFrom('changes')
      .select(COLUMNS)
      .where('position', '>', after)
      .orderBy('position')
      .limit(limit)
      .execute();
    if (rows.length === 0) return { entries: [], reached: after };
    const users = new Map([
      ...(await usersOfRecords(transaction, dialect, subjectsOf(rows, 'STATUS'))),
      ...(await usersOfAnswers(transaction, dialect, subjectsOf(rows, 'USER'))),
    ]);
    const aliases = await aliasesOf(transaction, dialect, [...new Set([...users.values()].flat())]);
    const entries = rows.map((row) => {
      const present = users.get(row.subject_id) ?? [];
      return entryOf(row, [...present, ...present.flatMap((id) => aliases.get(id) ?? [])]);
    });
    return { entries, reached: entries.at(-1)?.position ?? after };
  });
}

function subjectsOf(rows: readonly EntryRow[], type: EntryRow['type']): readonly string[] {
  return [...new Set(rows.filter((row) => row.type === type).map((row) => row.subject_id))];
}

async function usersOfRecords(
  transaction: Transact,
  dialect: Dialect,
  ids: readonly string[],
): Promise<UsersOfSubjects> {
  if (ids.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('subjects')
    .innerJoin('identities', (join) =>
      join
        .onRef('identities.source', '=', 'subjects.source')
        .onRef('identities.external_id', '=', 'subjects.external_user_id'),
    )
    .select(['subjects.verification_id', 'identities.user_id'])
    .distinct()
    .where(anyOf(dialect, 'subjects.verification_id', ids))
    .execute();
  return gathered(rows.map((row) => [row.verification_id, row.user_id]));
}

async function usersOfAnswers(
  transaction: Transact,
  dialect: Dialect,
  ids: readonly string[],
): Promise<UsersOfSubjects> {
  const present = await resolveAliases(transaction, dialect, ids);
  return gathered(ids.map((id, at) => [id, present[at] ?? id]));
}

/** By the present id, the ids that a user had before. */
async function aliasesOf(
  transaction: Transact,
  dialect: Dialect,
  ids: readonly string[],
): Promise<UsersOfSubjects> {
  if (ids.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('user_aliases')
    .select(['user_id', 'alias_id'])
    .where(anyOf(dialect, 'user_id', ids))
    .execute();
  return gathered(rows.map((row) => [row.user_id, row.alias_id]));
}

function gathered(pairs: readonly (readonly [string, string])[]): UsersOfSubjects {
  const groups = Map.groupBy(pairs, ([key]) => key);
  return new Map([...groups].map(([key, of]) => [key, of.map(([, value]) => value)]));
}

function entryOf(row: EntryRow, userIds: readonly string[]): LogEntry {
  return {
    position: row.position,
    type: row.type,
    verificationId: row.type === 'STATUS' ? row.subject_id : null,
    source: row.source as SourceId | null,
    kind: row.kind as VerificationKind | null,
    userIds,
    from: row.from_status as KycStatus | null,
    to: row.to_status as KycStatus,
    effective: row.effective === 1,
    isBackfill: row.cause === 'BACKFILL',
    observedAt: row.observed_at as Instant,
  };
}
