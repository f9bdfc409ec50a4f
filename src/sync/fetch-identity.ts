import type { IdentityRef } from '#kyc/user';
import type { ReadOptions, Source, SourceRead } from '#sources/source';
import { SealBrokenError } from '#store/sealing';
import type { OpenCredential, Store } from '#store/store';
import { SourceError } from '#upstream/source-error';

/** True when one user can be asked for at this source. */
export function canAskForUser(source: Source): boolean {
  return source.descriptor.ask !== 'scan';
}

/**
 * Reads all that a source has of one identity, by whichever way its port offers. Credentials of owners come from the
 * settings first, then from the store.
 * @throws SourceError; SOURCE_REFUSED also when no credential for an owner is held, or one that does not open.
 */
export async function fetchIdentity(
  store: Store,
  source: Source,
  externalId: string,
  options: ReadOptions,
): Promise<SourceRead> {
  if (source.fetchByUser !== undefined) return source.fetchByUser(externalId, options);
  if (source.fetchByOwner === undefined) {
    throw new SourceError('SOURCE_REFUSED', 'This source cannot be asked for one user.');
  }
  const owner =
    source.owners.find((held) => held.externalId === externalId) ??
    (await openCredential(store, { source: source.descriptor.id, externalId }));
  if (owner === null) {
    throw new SourceError('SOURCE_REFUSED', 'No credential is connected for this identity.');
  }
  return source.fetchByOwner(externalId, owner, options);
}

/** One credential that was sealed with another key concerns its owner alone. */
async function openCredential(store: Store, identity: IdentityRef): Promise<OpenCredential | null> {
  try {
    return await store.openCredential(identity);
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error;
    throw new SourceError(
      'SOURCE_REFUSED',
      'The credential held for this identity does not open with the present key: connect it again.',
    );
  }
}
