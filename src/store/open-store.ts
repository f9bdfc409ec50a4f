import { createApiKeys } from '#store/api-keys/api-keys';
import { createAuditLog } from '#store/audit/create-audit-log';
import { createChanges } from '#store/changes/create-changes';
import { openLogEpoch } from '#store/epoch/log-epoch';
import { createErasures } from '#store/erasures/erasures';
import { createGrants } from '#store/grants/create-grants';
import { createAnswers } from '#store/intake/answers';
import { createIntake } from '#store/intake/ingest';
import { openLeases } from '#store/leases/open-leases';
import { createLinks } from '#store/links/links';
import { openPostgres } from '#store/postgres/postgres';
import { createRates } from '#store/rates/create-rates';
import { createReads } from '#store/reads/reads';
import { createUpkeep } from '#store/rekey/rekey';
import { createReveals } from '#store/reveals/reveals';
import { bury } from '#store/scans/bury';
import { dueIdentities } from '#store/scans/due-identities';
import { pollState } from '#store/scans/poll-state';
import { createScans } from '#store/scans/scans';
import { openSqlite } from '#store/sqlite/sqlite';
import { createWebhookEvents } from '#store/webhook-events/webhook-events';

import { createBell } from './bell.ts';
import type { StoreContext } from './context.ts';
import type { Database } from './database.ts';
import { Lane } from './lane.ts';
import { readMeta } from './meta.ts';
import { createSealers } from './sealing.ts';
import type { Store, StoreOptions } from './store.ts';

/**
 * Opens the embedded store of a folder, making it when there is none.
 * @throws StoreRefusedError when another gateway owns the folder, the key is another, or the sandbox mark differs
 */
export async function openStore(folder: string, options: StoreOptions): Promise<Store> {
  return await assemble(await openSqlite(folder), options);
}

/**
 * Opens the store in a PostgreSQL database, shared by any number of gateways, making it when there is none.
 * @throws StoreRefusedError when the server cannot be used, the key is another, or the sandbox mark differs
 */
export async function openPostgresStore(url: string, options: StoreOptions): Promise<Store> {
  return await assemble(await openPostgres(url), options);
}

/** Closes the database when its parts cannot be joined. */
export async function assemble(database: Database, options: StoreOptions): Promise<Store> {
  try {
    return await join(database, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Joins the parts over an open database of either dialect. */
async function join(database: Database, options: StoreOptions): Promise<Store> {
  const { storeId } = await readMeta(database, options);
  const context = createContext(database, storeId, options);
  const { sealers, bell } = context;
  const epoch = await openLogEpoch(database, bell);
  const { audit, endAudit } = createAuditLog(database, sealers.audit);
  const store: Store = {
    id: storeId,
    leases: await openLeases(database),
    apiKeys: createApiKeys(database),
    grants: createGrants(database),
    audit,
    reveals: createReveals(database),
    rates: createRates(database),
    erasures: createErasures(context),
    upkeep: createUpkeep(context),
    webhookEvents: createWebhookEvents(context),
    now: () => database.now(),
    ...createReads(database, sealers),
    changes: createChanges(context, epoch),
    ...createLinks(context),
    ...createWrites(context),
    under: (fence) => ({ ...store, ...createWrites({ ...context, fence }) }),
    bury: ({ source, ...burial }) => bury(context, { source: source.id, ...burial }),
    dueIdentities: (source, due) => dueIdentities(database, source, due),
    pollState: (source, due) => pollState(database, source, due),
    onAppend: (ring) => bell.listen(ring),
    isReady: () => isReady(database),
    isWritable: () => database.isWritable(),
    async close() {
      await endAudit();
      await epoch.end();
      await database.close();
    },
  };
  return store;
}

function createContext(database: Database, storeId: string, options: StoreOptions): StoreContext {
  return {
    database,
    sealers: createSealers(options.secretKey, options.oldKeys),
    storeId,
    policy: options.policy,
    bell: database.bell ?? createBell(),
    bulk: new Lane(),
    fence: null,
  };
}

/** What background work writes, under the lease of the context. */
function createWrites(context: StoreContext) {
  return { ...createScans(context), ...createAnswers(context), ...createIntake(context) };
}

async function isReady(database: Database): Promise<boolean> {
  if (!database.isAlive()) return false;
  try {
    await database.read.selectFrom('meta').select('key').limit(1).execute();
    return true;
  } catch {
    return false;
  }
}
