import type { Source } from '#sources/source';
import type { ConnectRequest, LinkResult, Store } from '#store/store';

import { learn, readWhole } from './learn.ts';

/**
 * Takes in the credential by which one user is read at an owner-only source: one read proves it, then it is sealed and
 * kept, and what the read gave is stored.
 * @throws SourceError when the source refuses the credential or does not answer.
 */
export async function connectIdentity(
  store: Store,
  source: Source,
  request: Omit<ConnectRequest, 'owner'>,
): Promise<LinkResult> {
  if (source.fetchByOwner === undefined) throw new TypeError('Only an owner-only source takes credentials.');
  const { externalId } = request.identity;
  const readStartedAt = await store.now();
  const read = await source.fetchByOwner(externalId, request.credential, { pace: 'READ' });
  const result = await store.connectIdentity({ ...request, owner: read.owner });
  if (result.refusal === null) {
    const covers = { readStartedAt, read, identitiesRead: readWhole(read, externalId), scan: null };
    await learn(store, { source, learntBy: 'READ', ...covers });
  }
  return result;
}
