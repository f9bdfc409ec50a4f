import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { buildSchema } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { onTestFinished } from 'vitest';

import { LOCAL_OPERATOR } from '#access/principal';
import { UnauthenticatedError } from '#access/unauthenticated-error';
import { createLogger } from '#log';
import type { GraphQLHandler, Performed } from '#server/graphql-handler';
import { createListeners } from '#server/subscriptions/listeners';
import type { ListenerTimes } from '#server/subscriptions/slow-reader';
import { WebSockets } from '#server/websocket/web-sockets';
import { StoreUnavailableError } from '#store/database';

import { openSocket } from './socket-client.ts';

type Facts = Parameters<GraphQLHandler['perform']>[1];
export interface Asked {
  readonly params: GraphQLParams;
  readonly facts: Facts;
}
/** Sockets over a handler that gives what a test says, to whoever shows a credential that begins with `good`. */
export async function startScriptedSockets({
  times = {},
  perCaller = 3,
  maxWaiting = 100,
}: {
  times?: Partial<ListenerTimes>;
  perCaller?: number;
  maxWaiting?: number;
} = {}) {
  const listeners = createListeners(perCaller, times);
  const asked: Asked[] = [];
  const logLines: string[] = [];
  const given: (() => Promise<Performed>)[] = [];
  const credentials = { good: 'good' };
  const webSockets = new WebSockets({
    schema: buildSchema('type Query { hello: String }'),
    listeners,
    maxWaiting,
    maxMessageBytes: 4096,
    log: createLogger('info', { write: (line: string) => void logLines.push(line) }),
    authenticate: async ([credential = '', another]) => {
      if (credential === 'away') throw new StoreUnavailableError('away');
      if (another !== undefined || credential !== credentials.good) throw new UnauthenticatedError('no');
      return LOCAL_OPERATOR;
    },
    graphql: {
      async perform(params, facts) {
        asked.push({ params, facts });
        return (await given.shift()?.()) ?? { data: {} };
      },
    },
  });
  const server: Server = createServer().on('upgrade', (request, socket, head) =>
    webSockets.accept(request, socket, head),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    webSockets.cut();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}/`;
  const connect = async () => await openSocket(url, { headers: { authorization: credentials.good } });
  const connected = async () => {
    const client = await connect();
    await client.init();
    return client;
  };
  /** What a test gives the next operation. */
  const give = (result: Performed) => void given.push(async () => result);
  return { url, listeners, asked, logLines, given, give, connect, connected, credentials };
}
