import { type Instant, latest, now } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { incomplete, lackOf, type SourceErrorCode, type SourceReport } from '#kyc/source-report';
import { joinStandings, NOT_APPLICABLE, type Standing, standingOfScan } from '#kyc/standing';
import type { Identity, IdentityRef, User } from '#kyc/user';
import type { Source } from '#sources/source';
import type { LinkResult, Store } from '#store/store';
import { SourceError } from '#upstream/source-error';

import { connectIdentity } from './connect-identity.ts';
import { type ErasureReceipt, receiptOf } from './erasure-receipt.ts';
import { canAskForUser } from './fetch-identity.ts';
import type { Sync } from './sync.ts';

export interface ActionRefusal {
  readonly code:
    | 'INVALID_INPUT'
    | 'NOT_FOUND'
    | 'ALREADY_LINKED'
    | 'NOT_SUPPORTED_BY_SOURCE'
    | 'SOURCE_REFUSED'
    | 'SOURCE_UNAVAILABLE';
  readonly message: string;
}
export type ActionOutcome =
  | { readonly userId: string; readonly refusal: null }
  | { readonly userId: null; readonly refusal: ActionRefusal };

/** The source said no, as against: it could not be heard. */
const REFUSALS: ReadonlySet<SourceErrorCode> = new Set(['SOURCE_REFUSED', 'SOURCE_NOT_FOUND']);

/** What callers make the gateway do at its sources and links. Who may is decided before. */
export class Actions {
  readonly #store: Store;
  readonly #sources: ReadonlyMap<SourceId, Source>;
  readonly #sync: Sync;

  constructor(store: Store, sources: readonly Source[], sync: Sync) {
    this.#store = store;
    this.#sources = new Map(sources.map((source) => [source.descriptor.id, source]));
    this.#sync = sync;
  }

  async linkIdentities(
    lists: readonly (readonly IdentityRef[])[],
    request: { by: string },
  ): Promise<readonly LinkResult[]> {
    const results = await this.#store.linkIdentities(lists, request.by);
    this.#sync.noteIdentities(lists.filter((_, index) => results[index]?.refusal === null).flat());
    return results;
  }

  unlinkIdentity(userId: string, identity: IdentityRef, request: { by: string }): Promise<LinkResult> {
    return this.#store.unlinkIdentity(userId, identity, request.by);
  }

  mergeUsers(keepId: string, mergeId: string, request: { by: string }): Promise<LinkResult> {
    return this.#store.mergeUsers(keepId, mergeId, request.by);
  }

  /** Also at a source that is switched off: what is held of its owners can always be forgotten. */
  async disconnectIdentity(identity: IdentityRef): Promise<ActionOutcome> {
    const source = this.#sources.get(identity.source);
    if (source !== undefined && source.fetchByOwner === undefined)
      return refused('NOT_SUPPORTED_BY_SOURCE', 'This source is not read by credentials of its owners.');
    if (source?.owners.some(({ externalId }) => externalId === identity.externalId) === true)
      return refused('INVALID_INPUT', 'Its credential stands in the settings: take it out there.');
    return await this.#store.disconnectIdentity(identity);
  }

  async connectIdentity(request: {
    identity: IdentityRef;
    credential: string;
    tenant: string | null;
    userId: string | null;
    /** False: an identity that another user has is refused, not joined. */
    mayJoin?: boolean;
    by: string;
  }): Promise<ActionOutcome> {
    const { identity, userId, mayJoin = true, by, credential, tenant } = request;
    const source = this.#sources.get(identity.source);
    if (source?.fetchByOwner === undefined) {
      return refused(
        'NOT_SUPPORTED_BY_SOURCE',
        'Only a source that is switched on and read by credential takes one.',
      );
    }
    try {
      return await connectIdentity(this.#store, source, {
        identity,
        userId,
        mayJoin,
        by,
        credential: { credential, tenant },
      });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return refused(REFUSALS.has(error.code) ? 'SOURCE_REFUSED' : 'SOURCE_UNAVAILABLE', error.message);
    }
  }

  /** Asks every linked source to look again itself; one that can only be scanned has its next scan brought forward. */
  async refreshUser(user: User): Promise<readonly SourceReport[]> {
    return Promise.all(
      [...this.#sources.values()].map(async (source) => {
        const { id } = source.descriptor;
        const identities = user.identities.filter((identity) => identity.source === id);
        return { source: id, ...(await this.#refreshAt(source, identities)) };
      }),
    );
  }

  /** Null for nobody. A source that is switched off cannot be asked here. */
  async eraseUser(
    userId: string,
  ): Promise<{ erasedAt: Instant; receipts: readonly ErasureReceipt[] } | null> {
    const erasure = await this.#store.erasures.eraseUser(userId);
    if (erasure === null) return null;
    const receipts = erasure.sources.map((erased) => receiptOf(erased, this.#sources.get(erased.source)));
    return { erasedAt: erasure.erasedAt, receipts };
  }

  async #refreshAt(source: Source, identities: readonly Identity[]): Promise<Standing> {
    if (identities.length === 0) return NOT_APPLICABLE;
    const { id } = source.descriptor;
    const scan = await this.#store.scanState(id);
    if (!canAskForUser(source)) {
      this.#sync.bringForward(id);
      const asOf = scan.completedStartedAt;
      if (asOf !== null) {
        const failure = scan.failure ?? incomplete('Its next scan was brought forward.');
        return standingOfScan({ asOf, failure }, { at: now(), scanEveryMs: source.pace.scanEveryMs });
      }
      const error = scan.failure ?? incomplete('The first whole scan has not finished yet.');
      return { state: 'UNAVAILABLE', asOf, error };
    }
    const reads = identities.map((identity) => this.#refreshOne(source, identity, scan.completedStartedAt));
    return joinStandings(await Promise.all(reads));
  }

  /** One identity, until what it gave is in the store. Another one that fails is no matter of this one's. */
  async #refreshOne(source: Source, identity: Identity, scannedAt: Instant | null): Promise<Standing> {
    try {
      const { live } = this.#sync;
      const answer = await live.fetchIdentity(source.descriptor.id, identity.externalId, { refresh: true });
      await answer.learnt;
      const error = lackOf(answer.read);
      return { state: error === null ? 'COMPLETE' : 'PARTIAL', asOf: answer.observedAt, error };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const asOf = latest(identity.lastReadAt, scannedAt);
      return { state: asOf === null ? 'UNAVAILABLE' : 'STALE', asOf, error: error.toFailure() };
    }
  }
}

function refused(code: ActionRefusal['code'], message: string): ActionOutcome {
  return { userId: null, refusal: { code, message } };
}
