import { describe, vi } from 'vitest';

import { storeBehaviours } from '#store/behaviours/store-behaviours';
import { postgresOpener } from '#store/testing/open-postgres-fresh';
import { postgresServer } from '#store/testing/postgres-databases';

// Thousands of round trips: on a busy machine each waits for its turn.
vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(postgresServer === null)('the store on PostgreSQL', () => {
  storeBehaviours(postgresOpener());
});
