import type { Instant } from './instant.ts';
import type { Vendor } from './kyc-record.ts';
import type { Address, IdentityDocument } from './person.ts';
import type { VerificationCore } from './verification-core.ts';

export const checkTypes = ['KYC', 'INSTRUMENT_FIT', 'PROOF_OF_RESIDENCE', 'COMPLIANCE', 'OTHER'] as const;
export type CheckType = (typeof checkTypes)[number];

export interface CheckDetails {
  readonly type: CheckType;
  /** The type exactly as the source spelled it; `''` where it gave none. */
  readonly sourceType: string;
  readonly confirmedAt: Instant | null;
  readonly vendor: Vendor | null;
  readonly method: string | null;
  /** INSTRUMENT_FIT only. */
  readonly suitable: boolean | null;
  /** True for a refresh of an earlier record; null where the source does not say. */
  readonly isUpdate: boolean | null;
}

export interface CheckPersonal {
  readonly document: IdentityDocument | null;
  readonly confirmedAddress: Address | null;
}

/** One check of a user. */
export type Check = VerificationCore<'CHECK', CheckDetails, CheckPersonal>;
