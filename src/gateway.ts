import { join } from 'node:path';

import { createCursors } from '#graph/cursors';
import { createLogCursors } from '#graph/log-cursors';
import { createSchema } from '#graph/schema';
import type { LoaderDeps } from '#loaders/deps';
import { LogTail } from '#loaders/log-tail';
import type { Logger } from '#log';
import { createServer, type GatewayServer } from '#server/create-server';
import { defaultQuery } from '#server/default-query';
import type { NotReady } from '#server/health';
import type { Webhooks } from '#server/webhook-route';
import { makeDataFolder, readOrCreateDevKey, type Settings } from '#settings';
import { rooms } from '#sources/index';
import type { SandboxWorld } from '#sources/sandbox-world';
import type { Source } from '#sources/source';
import { openPostgresStore, openStore } from '#store/open-store';
import type { StorePlace } from '#store/read-beside';
import { createSealer } from '#store/sealing';
import type { Store } from '#store/store';
import { Actions } from '#sync/actions';
import { Sync } from '#sync/sync';

import { type Callers, meetCallers } from './callers.ts';
import { createEdge } from './edge.ts';
import { createContextFor } from './request-context.ts';
import { linkSandboxPeople, startSandbox } from './sandbox-start.ts';

/** A gateway that answers. */
export interface Gateway {
  /** Where GraphQL is, and GraphiQL in a browser. */
  readonly url: string;
  /** Lets requests in flight finish, stops the loops, closes the store. */
  close(): Promise<void>;
}

/**
 * Joins the parts and starts them. A source that is down does not hold the start up.
 * @throws SettingsError, StoreRefusedError with readable lines; node:net's errors (EADDRINUSE)
 */
export async function startGateway(settings: Settings, log: Logger): Promise<Gateway> {
  await using parts = new AsyncDisposableStack();
  const folder = storeFolderOf(settings);
  const { store, secretKey } = await openGatewayStore(settings);
  parts.defer(() => store.close());
  const known = rooms.map(({ descriptor }) => descriptor.id);
  const callers = await meetCallers(settings, { store, sources: known, log });

  const { sources, world } = await openSources(settings, folder, parts);
  const sync = new Sync(store, sources, log, settings);
  const actions = new Actions(store, sources, sync);
  parts.defer(() => sync.stop());

  const deps = loaderDeps(settings, { store, sources, sync });
  const { webhooks } = sync;
  const server = serve(settings, log, { deps, actions, secretKey, callers, webhooks });
  const url = await server.listen();
  parts.defer(() => server.close());
  if (world !== null) await linkSandboxPeople(world, store, actions);
  await sync.start();
  world?.startTelling(url);
  world?.startMoving();

  const running = parts.move();
  return { url, close: () => running.disposeAsync() };
}

/** The embedded store's folder. The sandbox has one of its own. */
export function storeFolderOf({ sandbox, dataDir }: Settings): string {
  return sandbox ? join(dataDir, 'sandbox') : dataDir;
}

/** Where the store of a gateway of these settings is. */
export function storePlaceOf(settings: Settings): StorePlace {
  if (settings.databaseUrl !== null) return { url: settings.databaseUrl };
  return { folder: storeFolderOf(settings) };
}

/** The store that a gateway of these settings works on, and the key that seals it. @throws SettingsError, StoreRefusedError */
export async function openGatewayStore(settings: Settings): Promise<{ store: Store; secretKey: Uint8Array }> {
  const folder = storeFolderOf(settings);
  if (settings.databaseUrl === null) makeDataFolder(folder);
  const secretKey = settings.secretKey ?? readOrCreateDevKey(folder);
  const { rollUp: policy, oldKeys, sandbox } = settings;
  const options = { policy, secretKey, oldKeys, sandbox };
  const store =
    settings.databaseUrl === null
      ? await openStore(folder, options)
      : await openPostgresStore(settings.databaseUrl, options);
  return { store, secretKey };
}

async function openSources(
  settings: Settings,
  folder: string,
  parts: AsyncDisposableStack,
): Promise<{ sources: readonly Source[]; world: SandboxWorld | null }> {
  const sandbox = settings.sandbox ? await startSandbox(rooms, folder) : null;
  const world = sandbox?.world ?? null;
  if (world !== null) parts.defer(() => world.close());
  const enabled = sandbox?.sources ?? settings.sources;
  const sources = enabled.map(({ room, settings: own }) => room.open(own));
  for (const source of sources) parts.defer(() => source.close());
  return { sources, world };
}

function loaderDeps(
  settings: Settings,
  parts: { store: Store; sources: readonly Source[]; sync: Sync },
): LoaderDeps {
  return {
    store: parts.store,
    sources: parts.sources,
    descriptors: rooms.map(({ descriptor }) => descriptor),
    live: parts.sync.live,
    readWaitMs: settings.readWaitMs,
    policy: settings.rollUp,
    nextSyncAt: (source) => parts.sync.nextSyncAt(source),
  };
}

function serve(
  settings: Settings,
  log: Logger,
  parts: { deps: LoaderDeps; actions: Actions; secretKey: Uint8Array; callers: Callers; webhooks: Webhooks },
): GatewayServer {
  const { deps, actions } = parts;
  const sealer = createSealer(parts.secretKey, 'cursor', settings.oldKeys);
  const cursors = createCursors(sealer);
  const logCursors = createLogCursors(sealer, deps.store.changes);
  const logTail = new LogTail(deps.store, log);
  const schema = createSchema(deps.descriptors);
  return createServer({
    schema,
    contextFor: createContextFor({ deps, actions, cursors, logCursors, logTail, log }),
    ...parts.callers,
    webhooks: parts.webhooks,
    ...createEdge(settings, { schema, store: deps.store, log }),
    settings,
    log,
    defaultQuery,
    whyNotReady: () => whyNotReady(deps.store),
  });
}

async function whyNotReady(store: Store): Promise<NotReady | null> {
  if (!(await store.isReady())) return 'STORE_UNAVAILABLE';
  return (await store.isWritable()) ? null : 'STORE_NOT_WRITABLE';
}
