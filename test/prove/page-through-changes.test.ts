import { describe } from 'vitest';

import { pagesThroughChangesBehaviours } from '#store/behaviours/pages-through-changes';
import { embeddedOpener } from '#store/testing/open-embedded-fresh';
import { postgresOpener } from '#store/testing/open-postgres-fresh';
import { postgresServer } from '#store/testing/postgres-databases';

// The same with few records is among the behaviours of every store.
const SIZE = { records: 100_000, changes: 1000, rowsOfPage: 200 };

describe('a hundred thousand records on SQLite', () => {
  pagesThroughChangesBehaviours(embeddedOpener(), SIZE);
});

describe.skipIf(postgresServer === null)('a hundred thousand records on PostgreSQL', () => {
  pagesThroughChangesBehaviours(postgresOpener(), SIZE);
});
