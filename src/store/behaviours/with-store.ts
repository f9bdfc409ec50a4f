import { afterEach } from 'vitest';

import type { Store } from '#store/store';

import type { OpenFresh, ReopenableStore } from './reopen.ts';

/** An empty store for each test that asks for one; taken away after it. Call inside a describe. */
export function withStore(open: OpenFresh): {
  fresh(...options: Parameters<OpenFresh>): Promise<Store>;
  reopen: ReopenableStore['reopen'];
  bytes: ReopenableStore['bytes'];
} {
  let opened: ReopenableStore | null = null;
  afterEach(async () => {
    await opened?.remove();
    opened = null;
  });
  return {
    async fresh(...options) {
      opened = await open(...options);
      return opened.store;
    },
    async reopen(options) {
      if (opened === null) throw new Error('Nothing is open.');
      return await opened.reopen(options);
    },
    async bytes() {
      if (opened === null) throw new Error('Nothing is open.');
      return await opened.bytes();
    },
  };
}
