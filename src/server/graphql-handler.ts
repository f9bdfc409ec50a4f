import type { IncomingMessage, ServerResponse } from 'node:http';

import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type GraphQLParams, type Plugin, useExecutionCancellation } from 'graphql-yoga';

import type { Principal } from '#access/principal';
import type { Logger } from '#log';
import { EventStream } from '#server/subscriptions/event-stream';
import { executeEvents } from '#server/subscriptions/execute-events';
import { limitSubscriptions } from '#server/subscriptions/limit-subscriptions';
import type { Listeners } from '#server/subscriptions/listeners';
import type { Place } from '#server/subscriptions/places';
import { ResultFeed } from '#server/subscriptions/result-feed';
import { type StreamResults, useEventStreams } from '#server/subscriptions/use-event-streams';

import { commitAudit } from './commit-audit.ts';
import { finishErrors } from './finish-errors.ts';
import { hideSchema, maySeeSchema } from './hide-schema.ts';
import { limitOperationCost } from './limit-operation-cost.ts';
import { maskError } from './mask-error.ts';
import { limitOperations } from './operation-limits.ts';
import { type PersistedOperations, usePersistedOperations } from './persisted-operations.ts';
import type { RateLimit } from './rate-limit.ts';
import { requestScope } from './request-scope.ts';
import { TextCache } from './text-cache.ts';

export const GRAPHQL_PATH = '/graphql';
/** What came by no HTTP request has an address all the same: Yoga works on requests. */
const NOWHERE = `http://localhost${GRAPHQL_PATH}`;
/** No cursor of the log is longer. */
const MAX_CURSOR_LENGTH = 512;

/** What a request's context is made of. */
export interface RequestFacts {
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** The cursor that a client sent as Last-Event-ID: it takes the place of `after`, which a reconnect repeats. Null, or absent: none. */
  readonly resumeAfter?: string | null;
}

export interface GraphQLHandlerOptions {
  readonly schema: GraphQLSchema;
  readonly contextFor: (facts: RequestFacts) => object | Promise<object>;
  readonly log: Logger;
  /** Null, or absent: callers may cost what they like. */
  readonly rateLimit?: RateLimit | null;
  /** What end users must ask by id, and others may; null, or absent: everybody sends texts. */
  readonly persistedOperations?: PersistedOperations | null;
}

/** What the server holds of an operation beside its text. */
type OperationFacts = {
  readonly principal: Principal;
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly resumeAfter: string | null;
  /** Null where results are not sent as server-sent events. */
  readonly stream: StreamResults | null;
};

export interface GraphQLHandler {
  /** Answers one request of a caller who is known; a subscription's until it ends. */
  answer(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void>;
  /** The same without HTTP: all that is refused there is refused here, by errors. */
  perform(params: GraphQLParams, facts: Omit<OperationFacts, 'resumeAfter' | 'stream'>): Promise<Performed>;
  dispose(): Promise<void>;
}
/** Of a subscription its results; errors alone of what was refused. */
export type Performed = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Those who may see the schema and those who may not are served by two: each keeps what it found of a document. */
export function createGraphQLHandler(options: GraphQLHandlerOptions, listeners: Listeners): GraphQLHandler {
  const telling = createHandler(options, []);
  const silent = createHandler(options, [hideSchema()]);
  const handlerFor = (principal: Principal) => (maySeeSchema(principal) ? telling : silent);
  return {
    async answer(request, response, principal) {
      const leave = new AbortController();
      response.once('close', () => leave.abort());
      const place = listeners.places.placeFor(principal);
      const { times, eventStreams } = listeners;
      const stream: StreamResults = async (results) =>
        await new EventStream(response, new ResultFeed(results, leave, options.log), times).serve(
          eventStreams,
        );
      const resumeAfter = request.headersDistinct['last-event-id']?.[0] ?? null;
      try {
        const { signal } = leave;
        await handlerFor(principal)(request, response, { principal, place, signal, resumeAfter, stream });
      } finally {
        place.release();
      }
    },
    async perform(params, facts) {
      const handler = handlerFor(facts.principal);
      const request = new handler.fetchAPI.Request(NOWHERE, { method: 'POST', signal: facts.signal });
      try {
        const given = { ...facts, resumeAfter: null, stream: null };
        return (await handler.getResultForParams({ params, request }, given)) ?? {};
      } catch (error) {
        return { errors: [maskError(error, options.log)] };
      }
    },
    async dispose() {
      await Promise.all([telling.dispose(), silent.dispose()]);
    },
  };
}

/** Yoga without what its defaults open: no CORS, no forms, no batches, no pages of its own, no unmasked error. */
function createHandler(options: GraphQLHandlerOptions, plugins: readonly Plugin[]) {
  const { schema, contextFor, log, rateLimit = null, persistedOperations = null } = options;
  return createYoga<OperationFacts>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: ({ principal, signal, resumeAfter }) => {
      if (resumeAfter !== null && resumeAfter.length > MAX_CURSOR_LENGTH) throw noCursor();
      const requestId = requestScope.getStore()?.requestId ?? 'none';
      return contextFor({ requestId, principal, signal, resumeAfter });
    },
    maskedErrors: { maskError: (error) => maskError(error, log) },
    plugins: [
      useExecutionCancellation(),
      usePersistedOperations(persistedOperations),
      limitOperations(),
      limitSubscriptions(),
      limitOperationCost(rateLimit),
      commitAudit(log),
      finishErrors(),
      executeEvents({ log, rateLimit }),
      useEventStreams(),
      ...plugins,
    ],
    parserAndValidationCache: { documentCache: new TextCache(), errorCache: new TextCache() },
    logging: false,
    cors: false,
    multipart: false,
    batching: false,
    graphiql: false,
    landingPage: false,
  });
}

function noCursor(): GraphQLError {
  return new GraphQLError('Last-Event-ID is no cursor of the change log.', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}
