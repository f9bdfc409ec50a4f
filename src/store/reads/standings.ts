import { type RawBuilder, type SqlBool, sql } from 'kysely';

import { type Sight, seesSource } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import { kycStatuses } from '#kyc/status';
import { verificationKinds } from '#kyc/verification-core';
import type { VerificationFilter } from '#kyc/verification-filter';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

/**
 * A source, kind and status that records have together: there are a few dozen, and the records of each are a run of an
 * index. What is narrowed by any of the three is read run by run, so that the few of a rare status are not sought among
 * all records.
 */
export interface Standing {
  readonly source: string;
  readonly kind: string;
  readonly status: string;
}

/** True when standings are what narrows most: no user, id or other key leads to the rows. */
export function isByStanding(filter: VerificationFilter, sight: Sight): boolean {
  const { sources, kinds, statuses } = filter;
  const isNarrowed = sources !== undefined || kinds !== undefined || statuses !== undefined;
  return !leadsToFew(filter, sight) && (isNarrowed || isOfSourcesAlone(sight));
}

/** True when a user or an id leads to the rows, or the caller sees no source whole: they are few. */
export function leadsToFew(filter: VerificationFilter, sight: Sight): boolean {
  return isKeyed(filter) || (sight !== 'ALL' && sight.sources.length === 0);
}

/** True when nothing but a look at each row tells whether it is meant and seen. */
export function isJudgedByRow(filter: VerificationFilter, sight: Sight): boolean {
  return isKeyed(filter) || (sight !== 'ALL' && !isOfSourcesAlone(sight));
}

/** True when the filter names a user or ids. */
export function isKeyed({ userId, externalIds, externalUserIds }: VerificationFilter): boolean {
  return userId !== undefined || externalIds !== undefined || externalUserIds !== undefined;
}

/** True when a record is seen by its source, and by nothing else. */
export function isOfSourcesAlone(sight: Sight): boolean {
  if (sight === 'ALL' || sight.sources.length === 0) return false;
  return sight.users.length === 0 && sight.partner === null && sight.businessAccounts.length === 0;
}

/**
 * The standings that the filter means and the caller may see, of those that any record has: a seek of the index for each.
 * Asked for any row of a standing instead of its newest, PostgreSQL would look through the table until it finds one.
 */
export async function readStandings(
  transaction: Transact,
  dialect: Dialect,
  filter: VerificationFilter,
  sight: Sight,
): Promise<readonly Standing[]> {
  const given = (column: string, words: readonly string[]) =>
    dialect.rowsOf(
      [column],
      words.map((word) => [word]),
    );
  const { rows } = await sql<Standing>`
    with recursive sources(source) as (
      select min(source) from verifications
      union all
      select (select min(verifications.source) from verifications where verifications.source > sources.source)
      from sources where sources.source is not null
    ),
    kinds as (${given('kind', filter.kinds ?? verificationKinds)}),
    statuses as (${given('status', filter.statuses ?? kycStatuses)})
    select distinct source, kind, status from sources cross join kinds cross join statuses
    where source is not null and (
      select max(verifications.last_changed_at) from verifications
      where verifications.source = sources.source and verifications.kind = kinds.kind
        and verifications.status = statuses.status
    ) is not null`.execute(transaction);
  const isMeant = (source: SourceId) => filter.sources?.includes(source) ?? true;
  const isSeen = (source: SourceId) => !isOfSourcesAlone(sight) || seesSource(sight, source);
  return rows.filter((row) => isMeant(row.source as SourceId) && isSeen(row.source as SourceId));
}

/** What remains to be judged of the rows of a standing that is meant and may be seen. */
export function besidesStanding(
  { sources: _sources, kinds: _kinds, statuses: _statuses, ...filter }: VerificationFilter,
  sight: Sight,
): readonly [VerificationFilter, Sight] {
  return [filter, isOfSourcesAlone(sight) ? 'ALL' : sight];
}

export function hasStanding({ source, kind, status }: Standing): RawBuilder<SqlBool> {
  return sql`(verifications.source = ${source} and verifications.kind = ${kind} and verifications.status = ${status})`;
}

/** Many selects as one: `select * from (...) as run union all ...`; of no select, none is returned. */
export function unionOf(selects: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql.join(
    selects.map((select) => sql`select * from (${select}) as run`),
    sql` union all `,
  );
}
