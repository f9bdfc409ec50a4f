import { readBeside, type StorePlace } from '#store/read-beside';

import { type ApiKey, listApiKeys } from './api-keys.ts';

const NO_STORE = 'There is no store of this version there: start the gateway once, or make a key.';

/**
 * The keys of a store, which is only read: beside a running gateway too.
 * @throws StoreRefusedError when there is no store, it cannot be used, or it is of another version
 */
export async function readApiKeys(place: StorePlace): Promise<readonly ApiKey[]> {
  return await readBeside(place, NO_STORE, listApiKeys);
}
