import { type GraphQLSchema, parse } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';

import type { Performed } from '#server/graphql-handler';
import { errorPayload, payloadOf } from '#server/subscriptions/result-payload';

import type { Connection } from './connection.ts';

/** graphql-ws looks in a document for what kind of operation it is; ours is carried out by then. */
const ANY_DOCUMENT = parse('{ __typename }');

/** graphql-transport-ws, each operation carried out as over HTTP. */
export function createProtocol(options: {
  readonly schema: GraphQLSchema;
  readonly initMs: number;
  onInit(connection: Connection): void;
}): Server<Connection> {
  const { schema, initMs, onInit } = options;
  return makeServer<Record<string, unknown> | undefined, Connection>({
    connectionInitWaitTimeout: initMs,
    async onConnect({ extra: connection, connectionParams }) {
      const mayStay = await connection.init(connectionParams);
      if (mayStay) onInit(connection);
      return mayStay;
    },
    async onSubscribe({ extra: connection }, id, payload) {
      const result = await connection.perform(id, payload);
      if (isAsyncIterable(result) || result.data !== undefined || result.errors === undefined)
        return { schema, document: ANY_DOCUMENT, contextValue: result };
      connection.finish(payload);
      return result.errors;
    },
    execute: ({ contextValue }) => contextValue as Performed,
    onNext: (_, __, ___, ____, result) => payloadOf(result),
    onError: (_, __, ___, errors) => errors.map(errorPayload),
    onComplete: ({ extra: connection }, _, payload) => connection.finish(payload),
  });
}
