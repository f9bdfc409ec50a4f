import type { Day, Instant } from './instant.ts';
import type { SourceId } from './source-id.ts';
import type { KycStatus, KycStatusReason } from './status.ts';

export const verificationKinds = ['KYC_RECORD', 'CHECK', 'IDV_APPLICATION'] as const;
export type VerificationKind = (typeof verificationKinds)[number];

/** A field that the source gave in a form that could not be read; it is null in the record. Never its value. */
export interface FieldFault {
  /** Dotted path in the source's payload, e.g. `documents.1.submitted_at`. */
  readonly path: string;
  /** What the field should have been, e.g. `RFC 3339 time`. */
  readonly expected: string;
}

/**
 * What the records of all sources have in common, normalised. `details` is the open rest of the record;
 * `personal` is all that the store must seal.
 */
export interface VerificationCore<Kind extends VerificationKind, Details, Personal> {
  readonly kind: Kind;
  readonly source: SourceId;
  /** The id at the source, verbatim; where the source gives none, the owner's name given when it was connected. */
  readonly externalId: string;
  /** The user's id at the source, verbatim; null where the payload gave none that could be read. */
  readonly externalUserId: string | null;
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  /** The status exactly as the source spelled it. */
  readonly sourceStatus: string | null;
  /** The outcome exactly as the source spelled it, at sources that have one. */
  readonly outcome: string | null;
  /** Null where the source does not say. */
  readonly canRetry: boolean | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  /** When the final decision was taken; which field that is stands per source in design/statuses.md. */
  readonly decidedAt: Instant | null;
  /** The last day of the document on which an approval rests; null where the source gives none. */
  readonly documentExpiresOn: Day | null;
  readonly faults: readonly FieldFault[];
  readonly details: Details;
  readonly personal: Personal;
}
