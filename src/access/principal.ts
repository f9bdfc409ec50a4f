import type { Instant } from '#kyc/instant';

import { type Scope, scopes } from './scope.ts';

export const principalKinds = ['END_USER', 'ANALYST', 'PARTNER', 'OPERATOR'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** Who asks. One is made per request, before anything is read; what outlives a request has it renewed (renewal.ts). */
export interface Principal {
  readonly kind: PrincipalKind;
  /** The caller's own name, as it stands in links and in the audit. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** The User that an end user is; null for all others. */
  readonly userId: string | null;
  /** When the credential ends, and what outlives a request with it; null for one that does not. */
  readonly expiresAt: Instant | null;
  /**
   * Who shows the same credential now. Absent: nothing changes of who it is.
   * @throws UnauthenticatedError when it no longer holds
   */
  readonly renew?: () => Promise<Principal>;
}

/** The caller of an open gateway, which only loopback reaches. */
export const LOCAL_OPERATOR: Principal = {
  kind: 'OPERATOR',
  subject: 'local',
  scopes,
  userId: null,
  expiresAt: null,
};
