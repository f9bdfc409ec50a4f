import type { Database } from '#store/database';

import { createMemoryRates } from './memory-rates.ts';
import type { Rates } from './rates.ts';
import { createSharedRates } from './shared-rates.ts';

/** The embedded store belongs to one process: its memory will do. */
export function createRates(database: Database): Rates {
  return database.dialect.name === 'postgres' ? createSharedRates(database) : createMemoryRates();
}
