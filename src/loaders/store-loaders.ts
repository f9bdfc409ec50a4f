import DataLoader from 'dataloader';

import type { KnownVerification } from '#kyc/known-verification';
import type { Sight } from '#kyc/sight';
import type { IdentityRef, User } from '#kyc/user';
import type { StoreReads } from '#store/store-reads';

const MOST_KEYS_PER_READ = 500;

/** The store's rows, batched within one request and for one sight. */
export interface StoreLoaders {
  readonly users: DataLoader<string, User | null>;
  readonly usersByIdentity: DataLoader<IdentityRef, User | null, string>;
  readonly verifications: DataLoader<string, KnownVerification | null>;
  /** By user id: all that count for any of the user's identities. */
  readonly verificationsOfUsers: DataLoader<string, readonly KnownVerification[]>;
}

export function createStoreLoaders(store: StoreReads, sight: Sight): StoreLoaders {
  const maxBatchSize = MOST_KEYS_PER_READ;
  return {
    users: new DataLoader((ids: readonly string[]) => store.readUsers(ids, sight), { maxBatchSize }),
    usersByIdentity: new DataLoader(
      (refs: readonly IdentityRef[]) => store.readUsersByIdentity(refs, sight),
      {
        maxBatchSize,
        cacheKeyFn: (ref) => `${ref.source}:${ref.externalId}`,
      },
    ),
    verifications: new DataLoader((ids: readonly string[]) => store.readVerifications(ids, sight), {
      maxBatchSize,
    }),
    verificationsOfUsers: new DataLoader(
      async (ids: readonly string[]) => {
        const copies = await store.readVerificationsOfUsers(ids, sight);
        return ids.map((id) => copies.get(id) ?? []);
      },
      { maxBatchSize },
    ),
  };
}
