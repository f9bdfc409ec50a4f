import type { FetchedRecord } from '#kyc/fetched-record';
import type { SourceId } from '#kyc/source-id';
import type { SourceFailure } from '#kyc/source-report';
import type { StatusMapping } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';
import type { Versioning } from '#kyc/version';

import type { SandboxPerson, SourceSandbox } from './sandbox.ts';
import type { SourceWebhooks } from './webhooks.ts';

export const sourceCapabilities = [
  'LIST',
  'BY_USER',
  'BY_ID',
  'BY_OWNER',
  'CREATE',
  'UPDATE',
  'DELETE',
  'WEBHOOK',
] as const;
export type SourceCapability = (typeof sourceCapabilities)[number];

/** What a source is, as data: everything that the rest of the gateway knows about it. */
export interface SourceDescriptor {
  readonly id: SourceId;
  /** One sentence for the GraphQL enum value. */
  readonly description: string;
  /** The kind of its records. */
  readonly kind: VerificationKind;
  /**
   * How one user can be asked for. `by-user`: by the user's id. `scan`: not at all, the whole list is read.
   * `owner`: one record per credential.
   */
  readonly ask: 'by-user' | 'scan' | 'owner';
  /** What this build can do with it. */
  readonly capabilities: readonly SourceCapability[];
  readonly versioning: Versioning;
  /** True when a plain read may leave out personal fields that an earlier read gave: they are kept. */
  readonly keepsPersonal: boolean;
  /** How each documented status is read, in the document's order. */
  readonly statusMap: readonly StatusMapping[];
}

/** How one call is to be made. */
export interface ReadOptions {
  readonly pace: 'READ' | 'BACKGROUND';
  readonly signal?: AbortSignal | undefined;
  /** A user is refreshed on purpose: ask the source to look again itself, where it can. */
  readonly refresh?: boolean;
}

/** What one read of a user, or one page of a scan, gave. */
export interface SourceRead {
  readonly records: readonly FetchedRecord[];
  /** Rows that could not even be identified; more than none makes the source PARTIAL. */
  readonly unidentified: number;
  /** Why rows may be missing although the source answered (SOURCE_INCOMPLETE); null when all were given. */
  readonly incomplete: SourceFailure | null;
}

export interface OwnerRead extends SourceRead {
  /**
   * Who is behind the credential, in the source's own words (a link), where it says: the pin by which another owner's
   * credential under the same name is refused. Null where the source does not say.
   */
  readonly owner: string | null;
}

/** Where a scan stands between two pages: plain JSON, made and read by the room alone. */
export type ScanPosition = Readonly<Record<string, string | number | boolean | null>>;

export interface ScanPage extends SourceRead {
  /** Where to go on; null after the last page. */
  readonly next: ScanPosition | null;
  /** How many rows the source says the whole list has; null where it does not say. */
  readonly totalAtSource: number | null;
}

/** A credential of one owner at an owner-only source. */
export interface OwnerCredential {
  readonly credential: string;
  readonly tenant: string | null;
}

/** A source that is switched on. Which readers stand there follows from `descriptor.ask` and its capabilities. */
export interface Source {
  readonly descriptor: SourceDescriptor;
  readonly pace: SourcePace;
  /** Owners' credentials that the settings bring (a file of them); empty elsewhere. */
  readonly owners: readonly (OwnerCredential & { readonly externalId: string })[];
  /** WEBHOOK. */
  readonly webhooks?: SourceWebhooks;
  /** LIST: the page of the whole list at `position` (null: from the start). @throws SourceError */
  fetchPage?(position: ScanPosition | null, options: ReadOptions): Promise<ScanPage>;
  /**
   * LIST, where it can be filtered by status: pages of the records that no decision was taken on, in no promised order,
   * from null on. Read before the first whole scan, which gives all that is missing here. @throws SourceError
   */
  fetchOpenPage?(position: ScanPosition | null, options: ReadOptions): Promise<ScanPage>;
  /** BY_USER: all records of one user; none is an empty list, also where the source answers 404. @throws SourceError */
  fetchByUser?(externalUserId: string, options: ReadOptions): Promise<SourceRead>;
  /** BY_ID: one record; null on 404. `externalUserId` is needed where the source nests records below users. @throws SourceError */
  fetchById?(
    ref: { externalId: string; externalUserId: string | null },
    options: ReadOptions,
  ): Promise<SourceRead | null>;
  /** BY_OWNER: the record of the owner whom the caller calls `externalId`. @throws SourceError */
  fetchByOwner?(externalId: string, owner: OwnerCredential, options: ReadOptions): Promise<OwnerRead>;
  close(): Promise<void>;
}

/** How often and how hard a source is asked (design/settings.md). */
export interface SourcePace {
  /** Milliseconds between whole scans; 0 never. */
  readonly scanEveryMs: number;
  readonly pollOpenAfterMs: number;
  readonly pollFinalAfterMs: number;
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
}

/** A room's own settings, read from the environment. */
export interface SourceSettings {
  readonly pace: SourcePace;
}

/** What a room gives: the only thing that the registry knows of it. */
export interface SourceRoom<Settings extends SourceSettings = SourceSettings> {
  readonly descriptor: SourceDescriptor;
  /** Every environment variable that this room reads, whole names. */
  readonly variables: readonly string[];
  /**
   * Reads the room's settings; null when its URL is not set. `faults` gets one line per wrong value, naming the
   * variable and never its value.
   */
  readSettings(environment: Readonly<Record<string, string | undefined>>, faults: string[]): Settings | null;
  open(settings: Settings): Source;
  /** A simulator of this API over real HTTP, holding those of the people who are known there. */
  createSandbox(people: readonly SandboxPerson[]): SourceSandbox;
}
