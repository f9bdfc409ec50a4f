import type { NextAction } from './answer.ts';
import type { SourceId } from './source-id.ts';
import type { KycStatus } from './status.ts';

/** Which users are meant. Absent fields do not narrow; an empty list matches nothing. */
export interface UserFilter {
  readonly statuses?: readonly KycStatus[];
  readonly nextActions?: readonly NextAction[];
  /** Users with an identity at any of these. */
  readonly sources?: readonly SourceId[];
  readonly conflicting?: boolean;
  /** Users with an identity of this external id at any source. */
  readonly externalId?: string;
  /** Users of whom a record gives this, compared as kyc/search-terms.ts folds it; only for who sees all. */
  readonly email?: string;
  readonly documentNumber?: string;
  readonly fullName?: string;
}
