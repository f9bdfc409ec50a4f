import { randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Authenticate } from '#access/authenticate';
import { createListeners, type Listeners } from '#server/subscriptions/listeners';
import { LISTENER_TIMES, type ListenerTimes } from '#server/subscriptions/slow-reader';
import { WebSockets } from '#server/websocket/web-sockets';

import { contentGuard, methodGuard, queryGuard } from './content-guard.ts';
import { answerPreflight, isPreflight, setCorsHeaders } from './cors.ts';
import { drain } from './drain.ts';
import { GraphiQL } from './graphiql.ts';
import {
  createGraphQLHandler,
  GRAPHQL_PATH,
  type GraphQLHandler,
  type GraphQLHandlerOptions,
} from './graphql-handler.ts';
import { answerHealth, answerReady, type NotReady } from './health.ts';
import { corsOriginsOf, guardsOf, type Reach } from './reach.ts';
import { readBody } from './read-body.ts';
import { firstRefusal, type Guard, refuse, refuseUpgrade } from './refusal.ts';
import { requestScope } from './request-scope.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { upgradeRefusal } from './upgrade.ts';
import { answerWebhook, createWebhookRoom, type Webhooks, webhookNameOf } from './webhook-route.ts';
import { whoAsks } from './who-asks.ts';

/** The part of the settings that the edge needs. */
export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Of a request, and of a message of a WebSocket. */
  readonly maxBodyBytes: number;
  /** What a caller may have open in this process. */
  readonly subscriptionsPerCaller?: number;
}

/** How long a client may take, and the process for its end. Milliseconds. */
export interface ServerTimes extends ListenerTimes {
  /** To send the headers of a request. */
  readonly headersTimeoutMs: number;
  /** To send a whole request. */
  readonly requestTimeoutMs: number;
  /** How often the two above are looked at. */
  readonly checkEveryMs: number;
  readonly keepAliveTimeoutMs: number;
  /** For requests in flight when the server closes. What is left of the ten seconds that a process has is for its store. */
  readonly drainGraceMs: number;
}
const TIMES: ServerTimes = {
  ...LISTENER_TIMES,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkEveryMs: 1000,
  keepAliveTimeoutMs: 30_000,
  drainGraceMs: 7000,
};

export interface ServerOptions extends GraphQLHandlerOptions {
  readonly settings: ServerSettings;
  readonly authenticate: Authenticate;
  /** LOOPBACK unless it says otherwise. */
  readonly reach?: Reach;
  /** Why requests cannot be answered, null when they can; a code, or a failure, is a 503 at /ready. */
  readonly whyNotReady: () => Promise<NotReady | null>;
  /** Null, or absent: none are taken. */
  readonly webhooks?: Webhooks | null;
  /** What GraphiQL shows to who opens it for the first time. */
  readonly defaultQuery: string;
  readonly times?: Partial<ServerTimes>;
}

const GRAPHQL_GUARDS: readonly Guard[] = [methodGuard, contentGuard];

export function createServer(options: ServerOptions): GatewayServer {
  return new GatewayServer(options);
}

/** HTTP in: the guards first, then GraphQL, GraphiQL and health. */
export class GatewayServer {
  readonly #options: ServerOptions;
  readonly #times: ServerTimes;
  readonly #graphql: GraphQLHandler;
  readonly #graphiql: GraphiQL;
  readonly #guards: readonly Guard[];
  readonly #corsOrigins: readonly string[];
  readonly #server: Server;
  readonly #listeners: Listeners;
  readonly #webSockets: WebSockets;
  readonly #webhookRoom = createWebhookRoom();
  #isEnding = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    const { subscriptionsPerCaller, maxBodyBytes: maxMessageBytes } = options.settings;
    const listeners = createListeners(subscriptionsPerCaller, this.#times);
    this.#listeners = listeners;
    const graphql = createGraphQLHandler(options, listeners);
    this.#graphql = graphql;
    this.#webSockets = new WebSockets({ ...options, graphql, listeners, maxMessageBytes });
    const reach = options.reach ?? { kind: 'LOOPBACK' };
    this.#guards = guardsOf(reach, options.settings.host);
    this.#corsOrigins = corsOriginsOf(reach);
    this.#graphiql = new GraphiQL(options.defaultQuery);
    this.#server = createHttpServer(
      {
        headersTimeout: this.#times.headersTimeoutMs,
        requestTimeout: this.#times.requestTimeoutMs,
        connectionsCheckingInterval: this.#times.checkEveryMs,
        keepAliveTimeout: this.#times.keepAliveTimeoutMs,
      },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.on('upgrade', (request, socket, head) => {
      const refusal = upgradeRefusal(this.#guards, request);
      if (refusal === null) this.#webSockets.accept(request, socket, head);
      else refuseUpgrade(socket, refusal);
    });
  }

  /** Starts to listen; returns the address of GraphQL, which in a browser is GraphiQL. @throws as node:net does, EADDRINUSE among them */
  async listen(): Promise<string> {
    const { host, port } = this.#options.settings;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, host, resolve);
    await promise;
    const name = host.includes(':') ? `[${host}]` : host;
    return `http://${name}:${(this.#server.address() as AddressInfo).port}${GRAPHQL_PATH}`;
  }

  /** Tells subscribers to come again, lets requests in flight finish, then closes. */
  async close(): Promise<void> {
    this.#isEnding = true;
    const { eventStreams, webSockets } = this.#listeners;
    this.#log('Clients of server-sent events are told to come again.', eventStreams.count);
    this.#log('Clients of WebSockets are told to come again.', webSockets.count);
    await Promise.all([
      drain(this.#server, this.#times.drainGraceMs, () => this.#webSockets.cut()),
      eventStreams.leaveAll(),
      webSockets.leaveAll(),
    ]);
    this.#webSockets.cut();
    await this.#graphql.dispose();
  }

  #log(message: string, count: number): void {
    if (count > 0) this.#options.log.info(message, { count });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    setSecurityHeaders(response);
    setCorsHeaders(request, response, this.#corsOrigins);
    response.setHeader('x-request-id', requestId);
    try {
      const { webhooks = null, log } = this.#options;
      const name = webhookNameOf(request, webhooks);
      if (webhooks !== null && name !== null)
        return await answerWebhook(request, response, {
          webhooks,
          name,
          log,
          requestId,
          room: this.#webhookRoom,
        });
      const refusal = firstRefusal(this.#guards, request);
      if (refusal !== null) return refuse(request, response, refusal);
      await requestScope.run({ requestId }, async () => await this.#route(request, response));
    } catch (error) {
      // A client that went away within its request or its answer is no failure of ours.
      if (!request.destroyed)
        this.#options.log.error('A request could not be answered.', { requestId, error });
      response.destroy();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (path === GRAPHQL_PATH) return await this.#answerGraphQL(request, response);
    if (request.method === 'GET') {
      if (path === '/health') return answerHealth(response);
      if (path === '/ready') return await answerReady(response, () => this.#whyNotReady());
      if (path.startsWith('/graphiql/') && (await this.#graphiql.answerAsset(path, response))) return;
    }
    refuse(request, response, {
      status: 404,
      code: 'BAD_USER_INPUT',
      message: `GraphQL is at ${GRAPHQL_PATH}.`,
    });
  }

  async #whyNotReady(): Promise<NotReady | null> {
    return this.#isEnding ? 'ENDING' : await this.#options.whyNotReady();
  }

  async #answerGraphQL(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isPreflight(request, this.#corsOrigins)) return answerPreflight(response);
    const refusal = firstRefusal(GRAPHQL_GUARDS, request);
    if (refusal !== null) return refuse(request, response, refusal);
    response.appendHeader('vary', 'accept');
    if (this.#graphiql.wants(request)) return await this.#graphiql.answerPage(response);
    const { authenticate, log } = this.#options;
    const asker = await whoAsks(request.headersDistinct['authorization'] ?? [], authenticate, log);
    if (asker.refusal !== null) return refuse(request, response, asker.refusal);
    const objection = queryGuard(request);
    if (objection !== null) return refuse(request, response, objection);
    if (request.method === 'POST') {
      const body = await readBody(request, this.#options.settings.maxBodyBytes);
      if (body.refusal !== null) return refuse(request, response, body.refusal);
      // Yoga takes a body that was read already from here, and compares types letter by letter.
      Object.assign(request, { body: body.text });
      request.headers['content-type'] = request.headers['content-type']?.toLowerCase();
    }
    await this.#graphql.answer(request, response, asker.principal);
  }
}
