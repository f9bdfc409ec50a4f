import DataLoader from 'dataloader';

import type { Reveals } from '#store/reveals/reveals';

import type { Principal } from './principal.ts';

/** MASKED: of personal values a mask is given, or null. CLEAR: they are given as the source gave them. */
export const clearances = ['MASKED', 'CLEAR'] as const;
export type Clearance = (typeof clearances)[number];

/** What one caller may read in clear, within one request. */
export interface Clearances {
  /** @param userId the public id of the user whom the data are about; null where nobody is known to be. */
  of(userId: string | null): Clearance | Promise<Clearance>;
  /** Why this caller has a user revealed whom `of` found CLEAR; null where none had to be said, of an end user's own. */
  reasonFor(userId: string): string | null;
}

/**
 * Whether a caller reads the personal data of one user in clear: the one place of this rule. An end user reads their own.
 * Who works with the cases needs kyc:pii, and to have had exactly this user revealed. A partner never does, whatever the
 * scopes; data of nobody who is known are clear to nobody.
 */
export function clearanceFor(
  { kind, scopes, userId: own }: Principal,
  userId: string | null,
  isRevealed: boolean,
): Clearance {
  if (userId === null) return 'MASKED';
  if (kind === 'END_USER') return userId === own ? 'CLEAR' : 'MASKED';
  if (kind === 'PARTNER' || !scopes.includes('kyc:pii')) return 'MASKED';
  return isRevealed ? 'CLEAR' : 'MASKED';
}

/** Made for one request, of one caller: reveals are asked for in batches, once a user, and only for who may have any. */
export function createClearances(principal: Principal, reveals: Pick<Reveals, 'of'>): Clearances {
  const { kind, scopes } = principal;
  const mayReveal = (kind === 'ANALYST' || kind === 'OPERATOR') && scopes.includes('kyc:pii');
  const known = new Map<string, Clearance>();
  const reasons = new Map<string, string>();
  const loader = new DataLoader<string, Clearance>(async (userIds) => {
    const held = await reveals.of(principal, userIds);
    for (const [userId, { reason }] of held) reasons.set(userId, reason);
    return userIds.map((userId) => {
      const clearance = clearanceFor(principal, userId, held.has(userId));
      known.set(userId, clearance);
      return clearance;
    });
  });
  return {
    of(userId) {
      if (userId === null || !mayReveal) return clearanceFor(principal, userId, false);
      return known.get(userId) ?? loader.load(userId);
    },
    reasonFor: (userId) => reasons.get(userId) ?? null,
  };
}
