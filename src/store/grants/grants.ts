import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';

export const grantKinds = ['USER', 'SOURCE', 'BUSINESS_ACCOUNT'] as const;
export type GrantKind = (typeof grantKinds)[number];

/** Something that a partner may see: a user whole, a source with users to come, or a business account's applications. */
export interface Grant {
  /** The partner's subject, as its credentials name it. */
  readonly partner: string;
  readonly kind: GrantKind;
  /** A user's public id, a source's id, or a business account's id there. */
  readonly value: string;
}

export interface HeldGrant extends Grant {
  readonly grantedAt: Instant;
  readonly grantedBy: string;
}

/** What a partner may see now. */
export interface GrantedTo {
  readonly sources: readonly SourceId[];
  readonly businessAccounts: readonly string[];
  /** True when any user is granted: `holdsUsers` says which. */
  readonly hasUsers: boolean;
}

/** How a grant stands after it was asked for: said again, all is found done. */
export type GrantOutcome =
  | { readonly changed: boolean; readonly refusal: null }
  | { readonly changed: false; readonly refusal: { readonly code: 'NOT_FOUND'; readonly message: string } };

/** Grants at most in one transaction, so that a webhook waits briefly behind them. */
export const MAX_GRANTS = 200;

/**
 * What partners may see. Users are kept under their present ids: an alias is resolved, a merge takes the grants of both
 * to the one who stays, and what is parted from a user is no longer seen by them.
 */
export interface Grants {
  /** At most `MAX_GRANTS`, done or refused each by itself; the outcomes answer them in order. NOT_FOUND for a user who is nobody. */
  grant(grants: readonly Grant[], by: string): Promise<readonly GrantOutcome[]>;
  revoke(grant: Grant): Promise<GrantOutcome>;
  of(partner: string): Promise<GrantedTo>;
  /** Those of the users who are granted to the partner by themselves. Ids as the store gives them: aliases are nobody. */
  holdsUsers(partner: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
}
