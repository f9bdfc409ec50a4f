import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, useExecutionCancellation } from 'graphql-yoga';

import type { Principal } from '#access/principal';
import type { Logger } from '#log';

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

export interface GraphQLHandler {
  /** Answers one request of a caller who is known. */
  answer(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void>;
  dispose(): Promise<void>;
}

/** Those who may see the schema and those who may not are served by two: each keeps what it found of a document. */
export function createGraphQLHandler(options: GraphQLHandlerOptions): GraphQLHandler {
  const telling = createHandler(options, []);
  const silent = createHandler(options, [hideSchema()]);
  return {
    async answer(request, response, principal) {
      const handler = maySeeSchema(principal) ? telling : silent;
      await handler(request, response, { principal });
    },
    async dispose() {
      await Promise.all([telling.dispose(), silent.dispose()]);
    },
  };
}

/** Yoga without what its defaults open: no CORS, no forms, no batches, no pages of its own, no unmasked error. */
function createHandler(options: GraphQLHandlerOptions, plugins: readonly Plugin[]) {
  const { schema, contextFor, log, rateLimit = null, persistedOperations = null } = options;
  return createYoga<{ principal: Principal }>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: ({ request, principal }) => {
      const requestId = requestScope.getStore()?.requestId ?? 'none';
      return contextFor({ requestId, principal, signal: request.signal });
    },
    maskedErrors: { maskError: (error) => maskError(error, log) },
    plugins: [
      useExecutionCancellation(),
      usePersistedOperations(persistedOperations),
      limitOperations(),
      limitOperationCost(rateLimit),
      commitAudit(log),
      finishErrors(),
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
