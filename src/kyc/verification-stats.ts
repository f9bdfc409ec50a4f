import type { CheckType } from './check.ts';
import type { Day, Instant } from './instant.ts';
import type { PeriodUnit } from './period.ts';
import type { SourceId } from './source-id.ts';
import { type KycStatus, kycStatuses } from './status.ts';
import { type VerificationKind, verificationKinds } from './verification-core.ts';
import type { VerificationFilter } from './verification-filter.ts';

export const statsDimensions = [
  'SOURCE',
  'STATUS',
  'KIND',
  'CREATED_DAY',
  'CREATED_WEEK',
  'CREATED_MONTH',
] as const;
export type StatsDimension = (typeof statsDimensions)[number];

/** Which verifications to count, and by what. */
export interface StatsQuery {
  readonly filter: VerificationFilter;
  /** Different ones, and one CREATED_* at most; none: all are one group. */
  readonly groupBy: readonly StatsDimension[];
  /** Whose calendar the periods are of, as `parseTimeZone` spells it. */
  readonly timeZone: string;
}

/** A query that means more groups than anyone would read. The message is for the caller. */
export class TooManyGroupsError extends RangeError {
  override readonly name = 'TooManyGroupsError';
  constructor() {
    super('There are too many groups: narrow the filter, or group by longer periods or fewer dimensions.');
  }
}

/** What the members of a group have in common; null where the group is not by it, `period` also where createdAt is. */
export interface StatsGroup {
  readonly source: SourceId | null;
  readonly status: KycStatus | null;
  readonly kind: VerificationKind | null;
  /** The first day of the day, ISO week or month. */
  readonly period: Day | null;
}

/** How many verifications a group has, and how many of them were decided which way. */
export interface StatsCount extends StatsGroup {
  readonly count: number;
  /** Of those that `countsForApproval`. */
  readonly approved: number;
  readonly rejected: number;
}

/** How long decisions took: decidedAt - createdAt where both are known, interpolated linearly; null where none is. */
export interface DecisionTimes extends StatsGroup {
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}

/** A status that no table of its source knows. */
export interface UnmappedStatus {
  readonly source: SourceId;
  /** Exactly as the source spelled it. */
  readonly sourceStatus: string;
  /** Records that have it now. */
  readonly count: number;
  /** When the gateway learnt the first of them. */
  readonly firstSeenAt: Instant;
  /** When the source last confirmed one of them. */
  readonly lastSeenAt: Instant;
}

/** Of these an approval says nothing about who the user is. */
const APART: readonly CheckType[] = ['INSTRUMENT_FIT', 'PROOF_OF_RESIDENCE'];

/** The types of checks that the approval rate leaves out: what the filter names itself is meant. */
export function checkTypesApart({ checkTypes }: VerificationFilter): readonly CheckType[] {
  return APART.filter((type) => checkTypes?.includes(type) !== true);
}

/** APPROVED / (APPROVED + REJECTED); null when there is neither. */
export function approvalRate({ approved, rejected }: StatsCount): number | null {
  const decided = approved + rejected;
  return decided === 0 ? null : approved / decided;
}

const unitOf: Partial<Record<StatsDimension, PeriodUnit>> = {
  CREATED_DAY: 'DAY',
  CREATED_WEEK: 'WEEK',
  CREATED_MONTH: 'MONTH',
};

/** The periods that a query groups by; null when it groups by none. */
export function periodUnitOf({ groupBy }: Pick<StatsQuery, 'groupBy'>): PeriodUnit | null {
  return groupBy.map((dimension) => unitOf[dimension]).find((unit) => unit !== undefined) ?? null;
}

/** One text per group. */
export function groupKey({ source, status, kind, period }: StatsGroup): string {
  return [source, status, kind, period].join(' ');
}

/** Groups by their first dimension, then the next: sources by name, statuses and kinds as listed, periods in time, none last. */
export function compareGroups(
  groupBy: readonly StatsDimension[],
): (one: StatsGroup, other: StatsGroup) => number {
  return (one, other) => {
    for (const dimension of groupBy) {
      const [a, b] = [rankIn(one, dimension), rankIn(other, dimension)];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  };
}

/** Later than any day. */
const NO_PERIOD = '~';

function rankIn({ source, status, kind, period }: StatsGroup, dimension: StatsDimension): string | number {
  if (dimension === 'SOURCE') return source ?? '';
  if (dimension === 'STATUS') return status === null ? -1 : kycStatuses.indexOf(status);
  if (dimension === 'KIND') return kind === null ? -1 : verificationKinds.indexOf(kind);
  return period ?? NO_PERIOD;
}
