import { openGatewayStore } from '#gateway';
import type { GraphContext } from '#graph/context';
import { createCursors } from '#graph/cursors';
import { createLogCursors } from '#graph/log-cursors';
import { createSchema } from '#graph/schema';
import { LogTail } from '#loaders/log-tail';
import { createLogger } from '#log';
import { createServer, type ServerTimes } from '#server/create-server';
import { defaultQuery } from '#server/default-query';
import type { Settings } from '#settings';
import { rooms } from '#sources/index';
import { createSealer } from '#store/sealing';
import { Actions } from '#sync/actions';
import { Sync } from '#sync/sync';

import { meetCallers } from '../../src/callers.ts';
import { createContextFor } from '../../src/request-context.ts';

/** What requests have in common that no two should; nothing, in a gateway that is right. */
export type Share = (context: GraphContext) => GraphContext;
export const NOTHING_SHARED: Share = (context) => context;

/** One set of loaders for all requests, made for whoever came first. */
export function shareForEver(): Share {
  let loaders: GraphContext['loaders'] | null = null;
  return (context) => ({ ...context, loaders: (loaders ??= context.loaders) });
}

/** One for the requests whose contexts are made in the same moment: what a cache by the turn of the loop would do. */
export function shareWithinMoments(): Share {
  let loaders: GraphContext['loaders'] | null = null;
  return (context) => {
    if (loaders === null) setImmediate(() => (loaders = null));
    return { ...context, loaders: (loaders ??= context.loaders) };
  };
}

/**
 * The parts of a gateway joined as src/gateway.ts does it, but for what requests share, and how long clients may take. It
 * reads no source by itself.
 */
export async function startSharingGateway(
  settings: Settings,
  share: Share,
  times: Partial<ServerTimes> = {},
) {
  await using parts = new AsyncDisposableStack();
  const log = createLogger('silent');
  const { store, secretKey } = await openGatewayStore(settings);
  parts.defer(() => store.close());
  const sources = settings.sources.map(({ room, settings: own }) => room.open(own));
  for (const source of sources) parts.defer(() => source.close());
  const sync = new Sync(store, sources, log);
  parts.defer(() => sync.stop());
  const descriptors = rooms.map(({ descriptor }) => descriptor);
  const deps = {
    store,
    sources,
    descriptors,
    live: sync.live,
    readWaitMs: settings.readWaitMs,
    policy: settings.rollUp,
    nextSyncAt: () => null,
  };
  const sealer = createSealer(secretKey, 'cursor');
  const logTail = new LogTail(store, log);
  const contextFor = createContextFor({
    deps,
    actions: new Actions(store, sources, sync),
    cursors: createCursors(sealer),
    logCursors: createLogCursors(sealer, store.changes),
    logTail,
    log,
  });
  const server = createServer({
    schema: createSchema(descriptors),
    contextFor: async (facts) => share(await contextFor(facts)),
    ...(await meetCallers(settings, { store, sources: descriptors.map(({ id }) => id), log })),
    settings,
    log,
    times,
    defaultQuery,
    whyNotReady: async () => null,
  });
  const url = await server.listen();
  parts.defer(() => server.close());
  const running = parts.move();
  return { url, store, logTail, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
