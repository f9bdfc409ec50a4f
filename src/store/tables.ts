import type { GatewayTable, LeaseTable } from '#store/leases/lease-tables';
import type { WebhookEventTable } from '#store/webhook-events/webhook-event-table';

/**
 * The tables, the same on both dialects. Instants are text of one width (kyc/instant.ts), days `YYYY-MM-DD`, flags 0 or
 * 1, JSON is text, sealed values are bytes. Text is compared in byte order (BINARY on SQLite, COLLATE "C" on PostgreSQL).
 */
export type Flag = 0 | 1;

export interface Tables {
  meta: MetaTable;
  users: UserTable;
  user_aliases: UserAliasTable;
  identities: IdentityTable;
  verifications: VerificationTable;
  verification_counts: VerificationCountTable;
  subjects: SubjectTable;
  changes: ChangeTable;
  scans: ScanTable;
  api_keys: ApiKeyTable;
  personal_hashes: PersonalHashTable;
  erasures: ErasureTable;
  grants: GrantTable;
  rates: RateTable;
  audit: AuditTable;
  reveals: RevealTable;
  webhook_events: WebhookEventTable;
  leases: LeaseTable;
  gateways: GatewayTable;
}

/** store_id, epoch, sandbox: written once. key_check: of the key that all is sealed with, once that is so. Marks of work under way. */
export interface MetaTable {
  key: string;
  value: string;
}

export interface UserTable {
  /** The public id. */
  id: string;
  created_at: string;
  /** The stored answer (kyc/roll-up.ts), computed over all records. */
  policy: string;
  status: string;
  reason: string | null;
  because_id: string | null;
  next_action: string;
  can_retry: Flag | null;
  /** JSON list of public ids. */
  contributor_ids: string;
  conflicting: Flag;
  valid_until: string | null;
  lapses_on: string | null;
  /** Rows of the change log about this user's answer. */
  kyc_sequence: number;
}

export interface UserAliasTable {
  alias_id: string;
  user_id: string;
}

export interface IdentityTable {
  source: string;
  external_id: string;
  user_id: string;
  linked_at: string;
  linked_by: string | null;
  /** 1 when an earlier link joined it with another identity: such users are only ever joined by mergeUsers. */
  joined: Flag;
  /** Start of the last read of the whole identity, by the store's clock. */
  last_read_at: string | null;
  /** 1 while it has no record or an open one: read again sooner. */
  open: Flag;
  /** Keyed hash of who stands behind the credential, where the source says. */
  owner_hash: Uint8Array | null;
  /** The same sealed, so that the hash can be made with another key; null for a pin from before that was kept. */
  owner: Uint8Array | null;
  /** Sealed JSON of {credential, tenant}. */
  credential: Uint8Array | null;
}

/** What users are searched by (kyc/search-terms.ts): goes with the record's personal values. */
export interface PersonalHashTable {
  verification_id: string;
  source: string;
  /** Whom the value is about. */
  external_user_id: string;
  kind: string;
  /** Keyed hash of the folded value. */
  hash: Uint8Array;
}

/** Identities of which nothing personal is stored any more, whatever a source says of them. */
export interface ErasureTable {
  /** Keyed hash of `source NUL externalId`. */
  hash: Uint8Array;
  /** The same sealed, so that the hash can be made with another key. */
  identity: Uint8Array;
  erased_at: string;
  /** When its records were done; null while that is under way, or was cut short. */
  completed_at: string | null;
}

export interface VerificationTable {
  id: string;
  source: string;
  kind: string;
  external_id: string;
  external_user_id: string | null;
  status: string;
  status_reason: string | null;
  source_status: string | null;
  /** The word folded (kyc/status.ts), for filters; null with it. */
  source_status_word: string | null;
  outcome: string | null;
  outcome_word: string | null;
  can_retry: Flag | null;
  created_at: string | null;
  updated_at: string | null;
  decided_at: string | null;
  /** decided_at - created_at by all digits; null where either is. */
  decision_seconds: number | null;
  status_since: string;
  last_changed_at: string;
  observed_at: string;
  read_started_at: string;
  document_expires_on: string | null;
  /** Of checks alone. */
  check_type: string | null;
  /** Of applications alone. */
  profile_id: string | null;
  account_type: string | null;
  /** Grants are given by it. */
  business_account_id: string | null;
  /** JSON of the record's `details` (open data). */
  details: string;
  /** JSON list of faults. */
  faults: string;
  fault_count: number;
  /** Sealed JSON of the record's `personal`; null on a tombstone. */
  personal: Uint8Array | null;
  /** Sealed JSON of the payload as sent; null on a tombstone, and where it told of an identity that was erased. */
  raw: Uint8Array | null;
  /** Keyed hash of the record and its payload as last read: a read with the same hash changes no other column. */
  content_hash: Uint8Array;
  /** Rows of the change log about this record. */
  sequence: number;
  deleted: Flag;
  /** The last scan that saw it; 0 where none did. */
  seen_generation: number;
}

/** How many verifications there are. Moved by the database itself with every row of theirs (migrations/0010-counts.ts). */
export interface VerificationCountTable {
  /** UTC, of createdAt; '' where that is null. */
  day: string;
  source: string;
  kind: string;
  status: string;
  /** '' where it is null. */
  check_type: string;
  /** Of the day's, those created until the end of its k-th quarter hour, 1 to 96. */
  [until: `until_${number}`]: number;
}

/** The identities that a record counts for (kyc/verification.ts, subjectsOf). */
export interface SubjectTable {
  verification_id: string;
  source: string;
  external_user_id: string;
  role: 'OWNER' | 'ENTITY';
}

/** The change log: rows about verifications (STATUS) and about users' answers (USER) share one order. */
export interface ChangeTable {
  position: number;
  type: 'STATUS' | 'USER';
  /** The verification or the user. */
  subject_id: string;
  sequence: number;
  source: string | null;
  kind: string | null;
  /** The user at that time. */
  user_id: string | null;
  from_status: string | null;
  to_status: string;
  reason: string | null;
  source_status: string | null;
  outcome: string | null;
  next_action: string | null;
  because_id: string | null;
  effective: Flag;
  occurred_at: string | null;
  observed_at: string;
  /** LearntBy of a STATUS row, UserChangeCause of a USER row. */
  cause: string;
  source_event_id: string | null;
}

export interface ScanTable {
  source: string;
  generation: number;
  running: Flag;
  checkpoint: string | null;
  started_at: string | null;
  unidentified: number;
  total_at_source: number | null;
  /** JSON of the first SourceFailure that a page of this generation told of; null while all pages were whole. */
  incomplete: string | null;
  /** The generation of the last complete scan, 0 before the first; what it and the one before did not see is buried. */
  completed_generation: number;
  completed_started_at: string | null;
  completed_at: string | null;
  /** JSON of a SourceFailure. */
  failure: string | null;
  attempted_at: string | null;
  /** JSON (scans/held-back.ts) of deletions that wait for an operator; null for none. */
  held_back: string | null;
}

/** Never deleted from: that there ever was a key is why the gateway asks its callers who they are. */
export interface ApiKeyTable {
  /** Public. */
  id: string;
  /** SHA-256 of the secret, which has 256 random bits: nothing slower is needed. */
  secret_hash: Uint8Array;
  kind: string;
  subject: string;
  /** Separated by spaces. */
  scopes: string;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  /** To the hour or so; null while it was never used. */
  last_used_at: string | null;
}

/** Append-only: the database refuses to change or delete a row. Holds no values of personal data. */
export interface AuditTable {
  /** `chain.sequence`, the sequence padded: ids of a chain are in its order. */
  id: string;
  /** Random, one per process that writes. */
  chain: string;
  /** 1, 2, 3 ... within the chain. */
  sequence: number;
  at: string;
  /** The caller's own name. */
  actor: string;
  /** The kind of the caller. */
  kind: string;
  action: string;
  /** The user whom it is about, by the id at that time; null for none, or none that the caller sees. */
  user_id: string | null;
  /** JSON list of `Type.field`. */
  fields: string;
  reason: string | null;
  decision: string;
  request_id: string;
  /** JSON list of [chain, sequence, hash] of other chains, as they stood; null on most rows. */
  anchors: string | null;
  /** The hash of the row before in the chain; empty on its first. */
  previous_hash: Uint8Array;
  /** Keyed (sealing.ts: says by which key), over all columns but itself. */
  hash: Uint8Array;
}

/** Who may read whose personal data in clear, for how long, and why. */
export interface RevealTable {
  kind: string;
  subject: string;
  user_id: string;
  until: string;
  reason: string;
}

/** Budgets that fill again (rates/); may be emptied at any time. */
export interface RateTable {
  /** SHA-256 of what it is the budget of, in hex. */
  key: string;
  /** When it will be full again: milliseconds of the epoch by the server's clock. */
  full_at: number;
  /** Whether the last request for some of it got it. */
  taken: Flag;
}

/** What a partner may see. Read at every request of theirs. */
export interface GrantTable {
  /** The partner's subject. */
  partner: string;
  kind: 'USER' | 'SOURCE' | 'BUSINESS_ACCOUNT';
  /** A user's present public id, a source's id, or a business account's id there. */
  value: string;
  granted_at: string;
  granted_by: string;
}
