import type { Instant } from './instant.ts';
import type { IdentityDocument, Person } from './person.ts';
import type { VerificationCore } from './verification-core.ts';

/** The vendor behind the source. */
export interface Vendor {
  readonly code: string | null;
  readonly status: string | null;
  readonly inquiryId: string | null;
}

export interface KycRecordDetails {
  readonly vendor: Vendor | null;
  readonly approvedAt: Instant | null;
  readonly rejectedAt: Instant | null;
  readonly startedAt: Instant | null;
  /** True once all required documents were submitted; null where the source does not say. */
  readonly documentsComplete: boolean | null;
  /** The source's own "passed all checks" flag; null where it gives none. */
  readonly passed: boolean | null;
}

export interface KycRecordPersonal {
  readonly person: Person | null;
  readonly documents: readonly IdentityDocument[];
  readonly declineReason: string | null;
  readonly rejectionMessage: string | null;
}

/** A KYC record of a user. */
export type KycRecord = VerificationCore<'KYC_RECORD', KycRecordDetails, KycRecordPersonal>;
