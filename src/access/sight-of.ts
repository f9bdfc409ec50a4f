import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import type { Grants } from '#store/grants/grants';

import type { Principal } from './principal.ts';

/** What a caller may see now. Made once per request; every store read and every loader key takes it. */
export type SightOf = (principal: Principal) => Promise<Sight>;

/** Asks for the grants of partners at each of their requests, so that what is revoked is gone with the next. */
export function createSightOf(grants: Pick<Grants, 'of'>): SightOf {
  return async (principal) => {
    if (principal.kind !== 'PARTNER') return sightBesideGrants(principal);
    const { sources, businessAccounts, hasUsers } = await grants.of(principal.subject);
    return { users: [], partner: hasUsers ? principal.subject : null, sources, businessAccounts };
  };
}

/** What callers see for who they are; nothing, unless something says otherwise. */
export function sightBesideGrants({ kind, userId }: Principal): Sight {
  if (kind === 'OPERATOR' || kind === 'ANALYST') return SEES_ALL;
  return kind === 'END_USER' && userId !== null ? { ...SEES_NOTHING, users: [userId] } : SEES_NOTHING;
}
