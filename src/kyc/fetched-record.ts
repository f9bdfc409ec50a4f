import type { Verification } from './verification.ts';

/** A record just read from its source: normalised, and the payload as it was sent. */
export interface FetchedRecord {
  readonly verification: Verification;
  /** The source's payload of this record, JSON. */
  readonly raw: unknown;
}
