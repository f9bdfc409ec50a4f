import type { Instant } from '#kyc/instant';
import type { Page, PageRequest } from '#kyc/page';

/** Who did something, as the audit keeps it. */
export interface AuditActor {
  /** The caller's own name. */
  readonly actor: string;
  /** What kind of caller it is. */
  readonly kind: string;
  readonly requestId: string;
}

/** What was done, or refused. Ids and names of fields, never a value. */
export interface AuditedAct {
  readonly action: string;
  /** Whom it is about, by the present public id; null for nobody. */
  readonly userId: string | null;
  /** `Type.field` of the schema. */
  readonly fields: readonly string[];
  readonly reason: string | null;
  readonly decision: string;
}

export interface AuditRecord extends AuditActor, AuditedAct {
  /** Its chain and place there, for life. */
  readonly id: string;
  /** When it was committed, by the store's clock. */
  readonly at: Instant;
}

/** Which records are meant: those that fit all that is given. */
export interface AuditFilter {
  /** By any id that the user ever had. */
  readonly userId?: string;
  readonly actor?: string;
}

/** The audit of a store: rows are added and read, never changed. */
export interface AuditLog {
  /**
   * Resolves when all acts are committed, in this order, to the chain of this process; together with those of others
   * who append at the same time.
   * @throws when they cannot be written; then it is not known whether they were
   */
  append(by: AuditActor, acts: readonly AuditedAct[]): Promise<void>;
  /** Newest first, then id. */
  page(query: { filter: AuditFilter; page: PageRequest }): Promise<Page<AuditRecord>>;
  count(filter: AuditFilter): Promise<number>;
  /** Null for no record. */
  read(id: string): Promise<AuditRecord | null>;
}
