import { randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Authenticate } from '#access/authenticate';

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
import { firstRefusal, type Guard, refuse } from './refusal.ts';
import { requestScope } from './request-scope.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { answerUpgrade } from './upgrade.ts';
import { answerWebhook, type Webhooks, webhookNameOf } from './webhook-route.ts';
import { whoAsks } from './who-asks.ts';

/** The part of the settings that the edge needs. */
export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly maxBodyBytes: number;
}

/** How long a client may take, and the process for its end. Milliseconds. */
export interface ServerTimes {
  /** To send the headers of a request. */
  readonly headersTimeoutMs: number;
  /** To send a whole request. */
  readonly requestTimeoutMs: number;
  /** How often the two above are looked at. */
  readonly checkEveryMs: number;
  readonly keepAliveTimeoutMs: number;
  /** For requests in flight when the server closes. */
  readonly drainGraceMs: number;
}
const TIMES: ServerTimes = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkEveryMs: 1000,
  keepAliveTimeoutMs: 30_000,
  drainGraceMs: 10_000,
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

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#graphql = createGraphQLHandler(options);
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
    this.#server.on('upgrade', (request, socket) => answerUpgrade(this.#guards, request, socket));
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

  /** Lets requests in flight finish, then closes. */
  async close(): Promise<void> {
    await drain(this.#server, this.#times.drainGraceMs);
    await this.#graphql.dispose();
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
        return await answerWebhook(request, response, { webhooks, name, log, requestId });
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
      if (path === '/ready') return await answerReady(response, this.#options.whyNotReady);
      if (path.startsWith('/graphiql/') && (await this.#graphiql.answerAsset(path, response))) return;
    }
    refuse(request, response, {
      status: 404,
      code: 'BAD_USER_INPUT',
      message: `GraphQL is at ${GRAPHQL_PATH}.`,
    });
  }

  async #answerGraphQL(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isPreflight(request, this.#corsOrigins)) return answerPreflight(response);
    const refusal = firstRefusal(GRAPHQL_GUARDS, request);
    if (refusal !== null) return refuse(request, response, refusal);
    response.appendHeader('vary', 'accept');
    if (this.#graphiql.wants(request)) return await this.#graphiql.answerPage(response);
    const { authenticate, log } = this.#options;
    const asker = await whoAsks(request, authenticate, log);
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
