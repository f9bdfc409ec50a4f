import type { Principal } from './principal.ts';

/** MASKED: personal values are null. CLEAR: they are given as the source gave them. */
export const clearances = ['MASKED', 'CLEAR'] as const;
export type Clearance = (typeof clearances)[number];

/**
 * Whether a caller reads the personal data of one user in clear: the one place of this rule. `userId` is the public id of
 * the user whom the data is about; null where nobody is known to be.
 */
export function clearanceFor(principal: Principal, _userId: string | null): Clearance {
  return principal.scopes.includes('kyc:pii') ? 'CLEAR' : 'MASKED';
}
