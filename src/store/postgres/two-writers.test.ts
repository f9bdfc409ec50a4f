import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { watchTwoWriters } from '#store/testing/two-writers';

/** In full: test/prove/two-writers.test.ts. */
describe.skipIf(postgresServer === null)('while two processes write at once', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => await database.drop());

  it('who follows the log is given every change once, in order, by the bell and without it', async () => {
    const { told, log, byBell, byPolling } = await watchTwoWriters(database, 150);
    expect(told).toEqual([1, 2].map(() => ({ written: 150, refused: 0 })));
    expect(log).toHaveLength(300);
    expect(byBell).toEqual(log);
    expect(byPolling).toEqual(log);
  });
});
