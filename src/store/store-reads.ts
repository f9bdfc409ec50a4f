import type { Instant } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import type { Page, PageRequest } from '#kyc/page';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef, User } from '#kyc/user';
import type { UserFilter } from '#kyc/user-filter';
import type { VerificationFilter, VerificationOrder } from '#kyc/verification-filter';
import type { DecisionTimes, StatsCount, StatsQuery, UnmappedStatus } from '#kyc/verification-stats';
import type { ChangeReads } from '#store/changes/changes';

export interface SourceCounts {
  readonly records: number;
  readonly faulty: number;
  /** When the oldest copy of an open record was last confirmed; null without open records. */
  readonly oldestOpenObservedAt: Instant | null;
}

/** Reads. Each takes the caller's sight and leaves out what that may not see. */
export interface StoreReads {
  /** The change log. */
  readonly changes: ChangeReads;
  /** In the order asked for; null for an id of nobody or one out of sight. Aliases resolve. */
  readUsers(ids: readonly string[], sight: Sight): Promise<readonly (User | null)[]>;
  readUsersByIdentity(refs: readonly IdentityRef[], sight: Sight): Promise<readonly (User | null)[]>;
  readVerifications(ids: readonly string[], sight: Sight): Promise<readonly (KnownVerification | null)[]>;
  /**
   * The payload of a record as its source sent it, JSON. Null where none is kept (a tombstone, an erased identity), for an
   * unknown id, and for one out of sight. @throws SealBrokenError
   */
  readRaw(id: string, sight: Sight): Promise<unknown>;
  /** All verifications that count for any identity of each user (owner or entity), ids in byte order. */
  readVerificationsOfUsers(
    userIds: readonly string[],
    sight: Sight,
  ): Promise<ReadonlyMap<string, readonly KnownVerification[]>>;
  pageVerifications(
    query: { filter: VerificationFilter; order: VerificationOrder; page: PageRequest },
    sight: Sight,
  ): Promise<Page<KnownVerification>>;
  countVerifications(filter: VerificationFilter, sight: Sight): Promise<number>;
  /** Newest createdAt first, then id in ascending byte order. */
  pageUsers(query: { filter: UserFilter; page: PageRequest }, sight: Sight): Promise<Page<User>>;
  countUsers(filter: UserFilter, sight: Sight): Promise<number>;
  countOfSource(source: SourceId): Promise<SourceCounts>;
  /**
   * Counts by group (kyc/verification-stats.ts). Without dimensions one group, be it empty; else those that have rows.
   * @throws TooManyGroupsError
   */
  verificationStats(query: StatsQuery, sight: Sight): Promise<readonly StatsCount[]>;
  /** How long decisions took, of the same groups in the same order. @throws TooManyGroupsError */
  decisionTimes(query: StatsQuery, sight: Sight): Promise<readonly DecisionTimes[]>;
  /** Statuses of records that no table of their source knows, by source and word in byte order; at most 1000. */
  unmappedStatuses(sight: Sight): Promise<readonly UnmappedStatus[]>;
}
