import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { watchTwoWriters } from '#store/testing/two-writers';

/** Each is two rows of the log. */
const RECORDS_EACH = 12_500;

/** A tail that loses what commits late is the classic fault of a log in a database: this is where it would be seen. */
describe.skipIf(postgresServer === null)('while two processes write 50,000 changes at once', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => await database.drop());

  test('who follows the log is given every change once, in order, by the bell and without it', async () => {
    const { told, log, byBell, byPolling } = await watchTwoWriters(database, RECORDS_EACH);
    console.log(
      `${log.length} rows about records: by the bell ${byBell.length}, by polling ${byPolling.length}.`,
    );
    expect(told).toEqual([1, 2].map(() => ({ written: RECORDS_EACH, refused: 0 })));
    expect(log).toHaveLength(2 * RECORDS_EACH);
    expect(byBell).toEqual(log);
    expect(byPolling).toEqual(log);
  }, 600_000);
});
