import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe } from 'vitest';

import { livesOfPeopleBehaviours } from '#store/behaviours/lives-of-people';
import { overlapBehaviours } from '#store/behaviours/overlaps';
import type { OpenFresh } from '#store/behaviours/reopen';
import { openStore } from '#store/open-store';
import { postgresOpener } from '#store/testing/open-postgres-fresh';
import { postgresServer } from '#store/testing/postgres-databases';

const OPTIONS = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false } as const;

const openFolder: OpenFresh = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-lives-'));
  const store = await openStore(folder, OPTIONS);
  return {
    store,
    bytes: () => Promise.reject(new Error('Nobody searches these lives.')),
    reopen: () => Promise.reject(new Error('These lives are lived in one go.')),
    async remove() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
};

describe('on SQLite', () => {
  livesOfPeopleBehaviours(openFolder, { runs: 400, commands: 80 });
  overlapBehaviours(openFolder, { runs: 150 });
});

describe.skipIf(postgresServer === null)('on PostgreSQL, two gateways', () => {
  const open = postgresOpener();
  livesOfPeopleBehaviours(open, { runs: 150, commands: 80 });
  overlapBehaviours(open, { runs: 150 });
});
