import { describe, vi } from 'vitest';

import { storeBehaviours } from './behaviours/store-behaviours.ts';
import { postgresOpener } from './testing/open-postgres-fresh.ts';
import { postgresServer } from './testing/postgres-databases.ts';

// Thousands of round trips: on a busy machine each waits for its turn.
vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(postgresServer === null)('the store on PostgreSQL', () => {
  storeBehaviours(postgresOpener());
});
