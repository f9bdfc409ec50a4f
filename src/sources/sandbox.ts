import type { SourceId } from '#kyc/source-id';

/** An invented person. The same people stand behind all simulators, under other ids at each. */
export interface SandboxPerson {
  /** 1, 2, 3 ...: also the seed of all that a simulator invents about the person. */
  readonly number: number;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  /** `YYYY-MM-DD` */
  readonly dateOfBirth: string;
  /** ISO 3166 alpha-2. */
  readonly nationality: string;
  readonly documentNumber: string;
  readonly street: string;
  readonly city: string;
  /** The sources where this person is known. */
  readonly sources: readonly SourceId[];
}

/** How a simulator misbehaves, for tests. */
export type SandboxFault =
  | 'NONE'
  /** Connections are cut before any answer. */
  | 'DOWN'
  /** Nothing is answered until the fault is lifted or the client gives up. */
  | 'SLOW'
  /** 200 with a body that is no JSON of this API. */
  | 'WRONG'
  /** 200 with the right body, cut in the middle, then the connection is closed. */
  | 'HALF'
  /** 503 with Retry-After: 1. */
  | 'UNAVAILABLE'
  /** 429 with Retry-After: 1. */
  | 'LIMITED';

/** A request that a simulator saw, as it was sent: its headers hold the (invented) credential. */
export interface SandboxRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A webhook as the source would send it. */
export interface SandboxDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A simulator of one source's API on loopback, faithful to its document. */
export interface SourceSandbox {
  readonly source: SourceId;
  /** Starts to listen on a free loopback port and returns the settings by which a room reaches it. */
  start(): Promise<Readonly<Record<string, string>>>;
  /** The id by which a person is known there; null for people who are not. */
  externalUserIdOf(person: SandboxPerson): string | null;
  /** At an owner-only source: the credential by which a person's record is read; null elsewhere. */
  credentialOf(person: SandboxPerson): { credential: string; tenant: string | null } | null;
  /** What the source holds now, in its own wire form, one item a record; for comparisons in tests. */
  records(): readonly unknown[];
  /** Moves the status of one or a few records, the way the real source would. */
  move(): void;
  /** Holds the records that an earlier run's `records()` gave (as JSON), in place of those that it made itself. */
  restore(records: readonly unknown[]): void;
  /** From now on tells of each record that moves, proven by the secret. Absent where the source documents no webhooks. */
  tellTo?(secret: string, send: (delivery: SandboxDelivery) => void): void;
  fault: SandboxFault;
  /** The last (at least 10,000) requests for data since the start, oldest first; token requests are not among them. */
  readonly requests: readonly SandboxRequest[];
  /** Requests for an access token since the start. */
  readonly tokenRequests: number;
  close(): Promise<void>;
}
