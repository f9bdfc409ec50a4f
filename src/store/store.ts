import type { RollUpPolicy } from '#kyc/answer';
import type { LearntBy } from '#kyc/change';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { Day, Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { SourceFailure } from '#kyc/source-report';
import type { ToldOf } from '#kyc/told-status';
import type { Identity, IdentityRef } from '#kyc/user';
import type { Versioning } from '#kyc/version';
import type { ApiKeys } from '#store/api-keys/api-keys';
import type { AuditLog } from '#store/audit/audit';
import type { Changes } from '#store/changes/changes';
import type { Erasures } from '#store/erasures/erasures';
import type { Grants } from '#store/grants/grants';
import type { Fence, Leases } from '#store/leases/leases';
import type { ImportedPerson, ImportOutcome } from '#store/links/imported-person';
import type { Rates } from '#store/rates/rates';
import type { Upkeep } from '#store/rekey/rekey';
import type { Reveals } from '#store/reveals/reveals';
import type { Confirmation, HeldBack } from '#store/scans/confirmation';
import type { WebhookEvents } from '#store/webhook-events/webhook-events';

import type { StoreReads } from './store-reads.ts';

/** What the store must know of a source to take in its records. */
export interface IngestSource {
  readonly id: SourceId;
  readonly versioning: Versioning;
  /** True when the source can be listed: first sights are BACKFILL until its first complete scan. */
  readonly listed: boolean;
  /** True when a plain read may leave out personal fields that an earlier read gave: they are kept. */
  readonly keepsPersonal: boolean;
}

/** Where a scan stands: plain JSON of the room's own making. */
export type Checkpoint = Readonly<Record<string, string | number | boolean | null>>;

/** What one read gave. */
export interface IngestRead {
  /** When the request was started, by the store's clock (`now`). */
  readonly readStartedAt: Instant;
  readonly records: readonly FetchedRecord[];
  /** External ids of users whom this read asked for whole: known from now on, and read now, records or none. */
  readonly identitiesRead: readonly string[];
  /** What events told of records that this read was to confirm; absent where nothing was told. */
  readonly told?: readonly ToldOf[];
}

/**
 * What reads of one source gave, as it goes into the store in one transaction: at most `MAX_BATCH` reads, and as many
 * records in all of them. They do what they would do one after the other; each asked for other users.
 */
export interface IngestBatch {
  readonly source: IngestSource;
  readonly learntBy: LearntBy;
  readonly reads: readonly IngestRead[];
  /** Present for a page of a scan: saved in the same transaction, so that a killed scan goes on here. */
  readonly scan: ScanProgress | null;
  /** True for records read ahead of the scan under way: it has not seen them yet. */
  readonly ahead?: boolean;
}
export const MAX_BATCH = 200;

export interface ScanProgress {
  readonly generation: number;
  /** Where to go on; null after the last page. */
  readonly next: Checkpoint | null;
  /** Rows of this page that could not be identified; the store adds the pages up. */
  readonly unidentified: number;
  readonly totalAtSource: number | null;
  /** Why this page may lack rows although the source answered; null when it is whole. */
  readonly incomplete: SourceFailure | null;
}

export interface IngestResult {
  readonly created: number;
  readonly changed: number;
  readonly late: number;
  readonly unchanged: number;
}

/** What the store remembers of the scans of one source. */
export interface ScanState {
  /** The running scan, or the last one. 0 before the first. */
  readonly generation: number;
  /** True while a scan is under way (or was, when the process died). */
  readonly running: boolean;
  readonly checkpoint: Checkpoint | null;
  readonly startedAt: Instant | null;
  /** Rows of this generation that could not be identified. */
  readonly unidentified: number;
  readonly totalAtSource: number | null;
  /** When the last complete scan was started and ended; null before the first. */
  readonly completedStartedAt: Instant | null;
  readonly completedAt: Instant | null;
  /** Why the last scan was not complete, or the source could not be read; null when all is well. */
  readonly failure: SourceFailure | null;
  /** When the source was last asked by sync, whatever it answered. */
  readonly attemptedAt: Instant | null;
  /** Deletions that wait for an operator; null for none. */
  readonly heldBack: HeldBack | null;
}

export interface ScanOutcome {
  readonly complete: boolean;
  readonly deleted: number;
  /** Why it was not complete, or why deletions were held back; null when all is well. */
  readonly failure: SourceFailure | null;
  /** Deletions that it holds back; null where there are none, or it was not complete. */
  readonly heldBack: HeldBack | null;
}

/** An identity whose copy should be read again, with the credential at an owner-only source. */
export interface DueIdentity extends IdentityRef {
  readonly userId: string;
  readonly lastReadAt: Instant | null;
}

/** How the reads of a source that cannot be listed stand. */
export interface PollState {
  /** Identities known there. */
  readonly known: number;
  readonly neverRead: number;
  /** Identities whose last read is older than it should be (`openBefore`, `finalBefore`). */
  readonly overdue: number;
  /** Of those that were read; null when none was. */
  readonly oldestReadAt: Instant | null;
}

export interface OpenCredential {
  readonly credential: string;
  readonly tenant: string | null;
}

/** An expected refusal of a link: data, not an exception. */
export type LinkRefusal = {
  readonly code: 'ALREADY_LINKED' | 'INVALID_INPUT' | 'NOT_FOUND';
  readonly message: string;
};
export type LinkResult =
  | { readonly userId: string; readonly refusal: null }
  | { readonly userId: null; readonly refusal: LinkRefusal };

export interface ConnectRequest {
  readonly identity: IdentityRef;
  readonly credential: OpenCredential;
  /** Who the source says is behind the credential; pinned by keyed hash. Null where it does not say. */
  readonly owner: string | null;
  /** Join the identity to this user; null: its own user. */
  readonly userId: string | null;
  /** False: an identity that another user has already is refused with ALREADY_LINKED, not joined. Default true. */
  readonly mayJoin?: boolean;
  readonly by: string;
}

/** The gateway's own data: records, links, users' answers, the change log, checkpoints. One implementation over two dialects. */
export interface Store extends StoreReads {
  /** Made once with the store; part of every user id. */
  readonly id: string;
  /** The change log. */
  readonly changes: Changes;
  /** The credentials that programs show. */
  readonly apiKeys: ApiKeys;
  /** What partners may see. */
  readonly grants: Grants;
  /** Who did what; nothing of it is ever changed. */
  readonly audit: AuditLog;
  /** Who may read whom in clear, for a while. */
  readonly reveals: Reveals;
  /** Budgets that fill again by the minute. */
  readonly rates: Rates;
  readonly erasures: Erasures;
  /** Who works on what. */
  readonly leases: Leases;
  readonly upkeep: Upkeep;
  /** What sources told by themselves. */
  readonly webhookEvents: WebhookEvents;
  /**
   * The same store, where intake, scans and answers are written only while nobody else has taken the lease: each of their
   * transactions looks first, and rejects with LeaseLostError.
   */
  under(fence: Fence): Store;
  /** The present by the store's clock: what reads are ordered by. */
  now(): Promise<Instant>;
  /**
   * The one road of records into the store, one transaction: what is newer (kyc/advance.ts) is kept, each change is
   * one row of the log, the users' answers move with it, unknown identities get their user. Nothing happens twice when
   * the same batch comes twice.
   */
  ingest(batch: IngestBatch): Promise<IngestResult>;
  /** Hashes and seals ahead, while another batch is taken in, what `ingest` is to be given next: this very object. */
  prepare(batch: IngestBatch): Promise<void>;
  /** Deleted at the source, as a 404 on reading by id says: tombstones, personal values erased. Unknown ids are passed over. */
  bury(request: {
    source: IngestSource;
    verificationIds: readonly string[];
    learntBy: LearntBy;
    readStartedAt: Instant;
  }): Promise<number>;

  /** Starts the next generation, or goes on with the one that was running. */
  beginScan(source: SourceId): Promise<ScanState>;
  /**
   * Ends a scan that came to its last page: complete when it saw as many rows as the source says it has. What two
   * successive complete scans did not see is buried, unless that is more than 5 % and more than 20 records.
   */
  endScan(source: IngestSource, generation: number): Promise<ScanOutcome>;
  /**
   * On an operator's word buries what complete scans held back, and nothing that came since: a record seen again lives
   * on, one missed later waits for a word of its own. `scan`: only if that one holds them (HeldBack.scan); null: whichever
   * does. Said again, nothing is left to do.
   */
  confirmDeletions(source: SourceId, scan: number | null): Promise<Confirmation>;
  /** Remembers why the source could not be read; null clears it. The scan's checkpoint stays. */
  noteFailure(source: SourceId, failure: SourceFailure | null): Promise<void>;
  scanState(source: SourceId): Promise<ScanState>;
  /** Identities of a source to read again: without records or with an open one since `openBefore`, others since `finalBefore`; never read first. */
  dueIdentities(
    source: SourceId,
    due: {
      openBefore: Instant;
      finalBefore: Instant;
      limit: number;
      /** Only identities whose credential is held: owner-only sources cannot read others. */
      connectedOnly?: boolean;
      /** With `connectedOnly`: external ids whose credentials are held outside the store. */
      connectedElsewhere?: readonly string[];
    },
  ): Promise<readonly DueIdentity[]>;
  pollState(
    source: SourceId,
    due: {
      openBefore: Instant;
      finalBefore: Instant;
      /** As of `dueIdentities`: what is not to be read again is never overdue. */
      connectedOnly?: boolean;
      connectedElsewhere?: readonly string[];
    },
  ): Promise<PollState>;
  /** The credentials held for identities of an owner-only source; null where none is. */
  openCredential(identity: IdentityRef): Promise<OpenCredential | null>;

  /** Each list is one person, done or refused by itself; the results answer the lists in order. */
  linkIdentities(lists: readonly (readonly IdentityRef[])[], by: string): Promise<readonly LinkResult[]>;
  /**
   * Parts an identity from its user, who keeps id and aliases, also when that identity founded it; what splits off is a
   * user under an id that nobody had before. The result names the user that the identity left. The last one is refused.
   */
  unlinkIdentity(userId: string, identity: IdentityRef, by: string): Promise<LinkResult>;
  /** Makes one user of two, whoever was linked before. `keepId` stays; `mergeId` is its alias for ever. */
  mergeUsers(keepId: string, mergeId: string, by: string): Promise<LinkResult>;
  connectIdentity(request: ConnectRequest): Promise<LinkResult>;
  /** Forgets the credential; the pin of its owner stays. NOT_FOUND for an identity never seen. */
  disconnectIdentity(identity: IdentityRef): Promise<LinkResult>;
  /**
   * Takes in people as a file tells of them, at most `MAX_IMPORTED` in one transaction; the outcomes answer them in
   * order. Said again, all is found done. A person with a user id ends as one user under that id, ids and aliases
   * restored; refused with ALREADY_LINKED where that would make one of people who are different here. `dryRun`: nothing
   * is kept.
   */
  importPeople(
    people: readonly ImportedPerson[],
    how: { by: string; dryRun: boolean },
  ): Promise<readonly ImportOutcome[]>;
  /** Makes users for identities not seen yet, each with its own; known ones are left as they are. */
  addIdentities(identities: readonly IdentityRef[]): Promise<readonly Identity[]>;

  /** Recomputes the answers that the calendar may have changed by `today`; appends LAPSE rows. Returns how many were due: fewer than `limit` when none is left. */
  lapse(today: Day, limit: number): Promise<number>;
  /** Recomputes the answers made under another policy, in batches; appends POLICY rows. Returns how many are left. */
  applyPolicy(limit: number): Promise<number>;

  /** Called after every commit that appended to the log: a bell, without payload. Returns how to stop. */
  onAppend(ring: () => void): () => void;
  /** True while the store answers; for readiness. Never throws. */
  isReady(): Promise<boolean>;
  /**
   * False while the last attempt to write failed for a fault of the store (a full disk, a server that only reads) and
   * as much still cannot be written, which is tried at each question. Never throws.
   */
  isWritable(): Promise<boolean>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly policy: RollUpPolicy;
  /** 32 bytes; seals by subkeys per purpose. */
  readonly secretKey: Uint8Array;
  /** 32 bytes each: keys of before, which open what they sealed. */
  readonly oldKeys?: readonly Uint8Array[];
  /** A sandbox store refuses real sources, and the other way round: the mark is written once and checked at each opening. */
  readonly sandbox: boolean;
}
