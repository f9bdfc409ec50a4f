import { type RawBuilder, type SqlBool, sql } from 'kysely';

import type { Day } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';
import type { VerificationFilter } from '#kyc/verification-filter';
import {
  checkTypesApart,
  type StatsDimension,
  type StatsGroup,
  type StatsQuery,
} from '#kyc/verification-stats';
import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';

/** Groups at most: more would be read by nobody, and hold others up on its way. */
export const MAX_STATS_ROWS = 20_000;

export type GroupKey = keyof StatsGroup;
/** What a row is not grouped by is absent. */
export type GroupRow<Measured> = Measured & { readonly [Key in GroupKey]?: string | null };

/** PostgreSQL gives sums of counts as texts, where its driver is not told otherwise. */
export interface Counted {
  readonly count: number | string;
  readonly approved: number | string;
  readonly rejected: number | string;
}

const keyOf: Readonly<Record<StatsDimension, GroupKey>> = {
  SOURCE: 'source',
  STATUS: 'status',
  KIND: 'kind',
  CREATED_DAY: 'period',
  CREATED_WEEK: 'period',
  CREATED_MONTH: 'period',
};

export function keysOf({ groupBy }: StatsQuery): readonly GroupKey[] {
  return groupBy.map((dimension) => keyOf[dimension]);
}

/** Of checks whose approval says nothing about who the user is; never null. */
export function apartOf(dialect: Dialect, filter: VerificationFilter): RawBuilder<SqlBool> {
  const among = anyOf(dialect, 'verifications.check_type', checkTypesApart(filter), 'ROW');
  return sql<SqlBool>`(verifications.check_type is not null and ${among})`;
}

/** The group of a row, by the query's own dimensions alone. */
export function groupOf(row: GroupRow<unknown>, keys: readonly GroupKey[]): StatsGroup {
  const has = (key: GroupKey) => keys.includes(key);
  return {
    source: has('source') ? ((row.source ?? null) as SourceId | null) : null,
    status: has('status') ? ((row.status ?? null) as KycStatus | null) : null,
    kind: has('kind') ? ((row.kind ?? null) as VerificationKind | null) : null,
    period: has('period') ? ((row.period ?? null) as Day | null) : null,
  };
}
