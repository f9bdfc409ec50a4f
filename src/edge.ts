import type { GraphQLSchema } from 'graphql';

import type { Logger } from '#log';
import { type PersistedOperations, persistedFaults } from '#server/persisted-operations';
import { createRateLimit, type RateLimit } from '#server/rate-limit';
import { type Settings, SettingsError } from '#settings';
import type { Store } from '#store/store';

/** What is refused before anything is read, as far as settings say. */
export interface Edge {
  readonly rateLimit: RateLimit | null;
  readonly persistedOperations: PersistedOperations | null;
}

/** @throws SettingsError when an operation of the manifest cannot be asked of the schema */
export function createEdge(
  { rateCostPerMin: perMinute, persistedOperations }: Settings,
  parts: { readonly schema: GraphQLSchema; readonly store: Store; readonly log: Logger },
): Edge {
  const { schema, store, log } = parts;
  const faults = persistedOperations === null ? [] : persistedFaults(schema, persistedOperations);
  if (faults.length > 0) throw new SettingsError(faults);
  const rateLimit = perMinute === null ? null : createRateLimit({ rates: store.rates, perMinute, log });
  return { rateLimit, persistedOperations };
}
