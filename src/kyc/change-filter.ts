import type { SourceId } from './source-id.ts';
import type { KycStatus } from './status.ts';
import type { VerificationKind } from './verification-core.ts';
import type { InstantRange } from './verification-filter.ts';

/** Which changes of verifications are meant. Absent fields do not narrow; an empty list matches nothing. */
export interface StatusChangeFilter {
  /** Of records that count for one of these users now, by any id that they ever had. */
  readonly userIds?: readonly string[];
  readonly verificationIds?: readonly string[];
  readonly sources?: readonly SourceId[];
  readonly kinds?: readonly VerificationKind[];
  /** A first sight, from null, is from none of them. */
  readonly from?: readonly KycStatus[];
  readonly to?: readonly KycStatus[];
  readonly observedAt?: InstantRange;
  /** Default false. */
  readonly includeLate?: boolean;
  /** Default false. */
  readonly includeBackfill?: boolean;
}

/** Which changes of users' answers are meant. Absent fields do not narrow; an empty list matches nothing. */
export interface UserKycChangeFilter {
  /** By any id that they ever had. */
  readonly userIds?: readonly string[];
  readonly to?: readonly KycStatus[];
  /** Default false. */
  readonly includeBackfill?: boolean;
}
