import { SEES_ALL } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { StoreReads } from '#store/store-reads';

import type { Claims } from './claims.ts';
import { UnauthenticatedError } from './unauthenticated-error.ts';

/** The present public id of the user whom an end user's token names; null when nobody is known by it (yet). */
export type FindUser = (claims: Pick<Claims, 'user' | 'identity'>) => Promise<string | null>;

/** Through the store at each request: a user may be merged, and an identity linked, between two. */
export function createFindUser(
  store: Pick<StoreReads, 'readUsers' | 'readUsersByIdentity'>,
  sources: readonly SourceId[],
): FindUser {
  return async ({ user, identity }) => {
    if (identity === null) {
      const [found = null] = user === null ? [] : await store.readUsers([user], SEES_ALL);
      return found?.id ?? null;
    }
    const source = sources.find((known) => known === identity.source);
    if (source === undefined) throw new UnauthenticatedError('The token names a source that is not known.');
    const { externalId } = identity;
    const [found = null] = await store.readUsersByIdentity([{ source, externalId }], SEES_ALL);
    return found?.id ?? null;
  };
}
