import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { OpenFresh } from '#store/behaviours/reopen';
import { openStore } from '#store/open-store';

const DEFAULTS = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false } as const;

/** An empty embedded store in a folder of its own. */
export const openEmbeddedFresh: OpenFresh = async (options = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-store-'));
  let store = await openStore(folder, { ...DEFAULTS, ...options });
  return {
    store,
    async reopen(others = {}) {
      await store.close();
      store = await openStore(folder, { ...DEFAULTS, ...options, ...others });
      return store;
    },
    async bytes() {
      const names = await readdir(folder);
      return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
    },
    async remove() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
};
