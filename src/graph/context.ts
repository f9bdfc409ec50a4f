import type { Audit } from '#access/audit';
import type { ClearReads } from '#access/clear-reads';
import type { Clearances } from '#access/clearance';
import type { Principal } from '#access/principal';
import type { Refusals } from '#access/refusals';
import type { RollUpPolicy } from '#kyc/answer';
import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { SourceReport } from '#kyc/source-report';
import type { IdentityRef, User } from '#kyc/user';
import type { Loaders } from '#loaders/loaders';
import type { LogTail } from '#loaders/log-tail';
import type { AuditLog } from '#store/audit/audit';
import type { Grants } from '#store/grants/grants';
import type { Rates } from '#store/rates/rates';
import type { Reveals } from '#store/reveals/reveals';
import type { StoreReads } from '#store/store-reads';
import type { WebhookEvents } from '#store/webhook-events/webhook-events';

import type { Cursors } from './cursors.ts';
import type { LogCursors } from './log-cursors.ts';

/** Why a mutation was refused: data of its payload, never an exception. */
export interface Refusal {
  readonly code:
    | 'INVALID_INPUT'
    | 'NOT_FOUND'
    | 'NOT_SUPPORTED_BY_SOURCE'
    | 'SOURCE_REFUSED'
    | 'SOURCE_UNAVAILABLE'
    | 'IDEMPOTENCY_CONFLICT'
    | 'IN_PROGRESS'
    | 'OUTCOME_UNKNOWN'
    | 'CHANGED_UPSTREAM'
    | 'ALREADY_LINKED';
  readonly message: string;
}
/** The id of the user that came of it, or why nothing did. */
export type UserOutcome =
  | { readonly userId: string; readonly refusal: null }
  | { readonly userId: null; readonly refusal: Refusal };

/** What was erased of a user at one source, and whether the source must be asked too. */
export interface ErasureReceipt {
  readonly source: SourceId;
  readonly records: number;
  readonly atSource: 'ERASED' | 'CAN_BE_ASKED_HERE' | 'MUST_BE_ASKED_THERE';
}

/** What mutations do, given by the composition root. */
export interface Actions {
  /** Each list is one person and its own transaction; outcomes answer the lists in order. */
  linkIdentities(
    lists: readonly (readonly IdentityRef[])[],
    request: { by: string; reason: string | null },
  ): Promise<readonly UserOutcome[]>;
  /** The user keeps its id; what splits off gets one that nobody had before. */
  unlinkIdentity(
    userId: string,
    identity: IdentityRef,
    request: { by: string; reason: string | null },
  ): Promise<UserOutcome>;
  mergeUsers(
    keepId: string,
    mergeId: string,
    request: { by: string; reason: string | null },
  ): Promise<UserOutcome>;
  /** One read with the credential, then it is sealed and kept. */
  connectIdentity(request: {
    identity: IdentityRef;
    credential: string;
    tenant: string | null;
    userId: string | null;
    /** False: an identity that another user has is refused, not joined. */
    mayJoin: boolean;
    by: string;
  }): Promise<UserOutcome>;
  /** Forgets the credential: the identity is not read any more. */
  disconnectIdentity(identity: IdentityRef, request: { by: string }): Promise<UserOutcome>;
  /** Asks every linked source now and takes in what it says. */
  refreshUser(user: User): Promise<readonly SourceReport[]>;
  /** Erases what is personal; null for nobody. */
  eraseUser(
    userId: string,
  ): Promise<{ readonly erasedAt: Instant; readonly receipts: readonly ErasureReceipt[] } | null>;
}

/** What every resolver gets. One per request, and per event of a subscription; nothing in it outlives or leaves that. */
export interface GraphContext {
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** Where a client that was cut off goes on: it takes the place of the argument `after` of a subscription. */
  readonly resumeAfter: string | null;
  /**
   * The context of the same caller for what comes now: who they are and what they may see are looked up again, and
   * nothing that was read is remembered. @throws UnauthenticatedError when their credential no longer holds
   */
  readonly anew: () => Promise<GraphContext>;
  /** What the caller may see (access/sight-of.ts). */
  readonly sight: Sight;
  /** Whom the caller reads in clear. */
  readonly clearances: Clearances;
  /** What the caller was given in clear so far. */
  readonly clearReads: ClearReads;
  /** What the caller was refused so far. */
  readonly refusals: Refusals;
  readonly loaders: Loaders;
  readonly store: StoreReads;
  readonly actions: Actions;
  readonly audit: Audit;
  /** For who may read it. */
  readonly auditLog: Pick<AuditLog, 'page' | 'count' | 'read'>;
  readonly reveals: Pick<Reveals, 'reveal'>;
  /** Budgets per minute, of searches. */
  readonly rates: Pick<Rates, 'take'>;
  readonly grants: Pick<Grants, 'grant' | 'revoke'>;
  /** For who runs the gateway. */
  readonly webhookEvents: Pick<WebhookEvents, 'pagePutAside' | 'countPutAside' | 'readPutAside' | 'replay'>;
  readonly cursors: Cursors;
  readonly logCursors: LogCursors;
  /** For who waits for what comes. */
  readonly logTail: Pick<LogTail, 'follow' | 'reads' | 'turns'>;
  readonly policy: RollUpPolicy;
  /** Sources that are switched on, in registry order. */
  readonly enabledSources: readonly SourceId[];
}
