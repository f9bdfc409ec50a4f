import type { Answer } from '#kyc/answer';
import type { Freshness } from '#kyc/freshness';
import type { Instant } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import type { SourceId } from '#kyc/source-id';
import type { SourceFailure, SourceReport } from '#kyc/source-report';
import type { StatusMapping } from '#kyc/status';
import type { IdentityRef, User } from '#kyc/user';
import type { SourceCapability } from '#sources/source';

/** What is known of one user's verifications, at the freshness asked for. */
export interface UserVerifications {
  /** All that count for any of the user's identities, ids in byte order. */
  readonly verifications: readonly KnownVerification[];
  /** One per enabled source in sight, in registry order: of a user not seen whole, by which they are seen. */
  readonly reports: readonly SourceReport[];
}

/** The answer to "is this user verified?", over `UserVerifications`. */
export interface UserAnswer extends UserVerifications {
  readonly answer: Answer;
}

/**
 * The reads of one request. The only place that decides between store and source; within one request a
 * (source, identity) is asked once at most, whoever asks and however often. Everything is filtered by the caller's sight.
 */
export interface Loaders {
  /** Null for an id of nobody, of another type, or out of sight. Never asks upstream. */
  user(id: string): Promise<User | null>;
  /**
   * Asks a source that is read by user when nothing is known of the identity and freshness is not STORED. Null: nobody,
   * or out of sight. @throws SourceUnansweredError when the source could not say
   */
  userByIdentity(ref: IdentityRef, freshness: Freshness): Promise<User | null>;
  /**
   * One record; FRESH and LIVE read it again by id, or by its user. Null when unknown or out of sight.
   * @throws SourceUnansweredError when the source could not say and there is no copy
   */
  verification(id: string, freshness: Freshness): Promise<KnownVerification | null>;
  /** One record by its source's own id. `externalUserId` is needed where the source nests records below users and the gateway never saw this one. */
  verificationByExternalId(
    ref: { source: SourceId; externalId: string; externalUserId: string | null },
    freshness: Freshness,
  ): Promise<KnownVerification | null>;
  verificationsOfUser(user: User, freshness: Freshness): Promise<UserVerifications>;
  answerOfUser(user: User, freshness: Freshness): Promise<UserAnswer>;
  /** The enabled sources of which the caller may hear about this user, in registry order. */
  sourcesOfUser(user: User): Promise<readonly SourceId[]>;
  /** For lists from the store: how fresh and whole each source's part is. `sources`: the ones that the list could draw on. */
  reportsOfLists(): Promise<readonly SourceReport[]>;
  sourceInfos(): Promise<readonly SourceInfo[]>;
}

/** One source as operators see it (graph.graphql SourceInfo). */
export interface SourceInfo {
  readonly source: SourceId;
  readonly enabled: boolean;
  readonly health: 'UP' | 'DEGRADED' | 'DOWN';
  readonly capabilities: readonly SourceCapability[];
  readonly recordCount: number;
  readonly recordCountAtSource: number | null;
  readonly faultyRecords: number;
  readonly lagSeconds: number | null;
  readonly lastWebhookAt: Instant | null;
  readonly lastSyncedAt: Instant | null;
  readonly nextSyncAt: Instant | null;
  readonly lastError: SourceFailure | null;
  readonly statusMap: readonly StatusMapping[];
}
