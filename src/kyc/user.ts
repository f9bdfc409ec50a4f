import type { Answer } from './answer.ts';
import type { Instant } from './instant.ts';
import type { SourceId } from './source-id.ts';

/** One name of a person at one source. */
export interface IdentityRef {
  readonly source: SourceId;
  /** The user's id at the source, verbatim. */
  readonly externalId: string;
}

/** An identity as the store holds it. */
export interface Identity extends IdentityRef {
  readonly userId: string;
  /** When it came to its present user: first sight, or the link. */
  readonly linkedAt: Instant;
  /** Who linked it; null where it was never linked by hand. */
  readonly linkedBy: string | null;
  /** True when a credential to read it is held. */
  readonly connected: boolean;
  /** When the gateway last read this identity whole at its source, by request start; null where it never did. */
  readonly lastReadAt: Instant | null;
}

/** One person or account, joined over the sources by explicit links. */
export interface User {
  readonly id: string;
  readonly createdAt: Instant;
  /** By source, then external id, both in byte order. */
  readonly identities: readonly Identity[];
  /** The stored answer to "is this user verified?", computed over all records. */
  readonly answer: Answer;
}
