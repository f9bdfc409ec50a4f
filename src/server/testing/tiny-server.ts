import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { GraphQLError, GraphQLScalarType, parse, Source } from 'graphql';
import { createSchema } from 'graphql-yoga';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { createLogger } from '#log';
import { createServer, type ServerOptions } from '#server/create-server';

import { tinySubscriptions } from './tiny-subscriptions.ts';

/** Held by the tests: what the resolvers of the tiny schema wait on, and what they saw. */
export class Probe {
  readonly calls: string[] = [];
  readonly entered = Promise.withResolvers<void>();
  readonly release = Promise.withResolvers<void>();
  readonly aborted = Promise.withResolvers<void>();
}

const Even = new GraphQLScalarType({
  name: 'Even',
  parseValue(value) {
    if (Number(value) % 2 === 0) return Number(value);
    throw new GraphQLError(`odd: ${String(value)}`, { extensions: { code: 'BAD_USER_INPUT' } });
  },
});

function tinySchema(probe: Probe) {
  return createSchema<{ requestId: string; signal: AbortSignal; principal: Principal }>({
    typeDefs: /* GraphQL */ `
      scalar Even
      input Person { name: String!, age: Int }
      type Query {
        hello: String!
        requestId: String
        whoAsks: String
        held: String
        even(value: Even): Int
        person(of: Person, ages: [Int!]): String
        crash: String
        crashHard: String!
        coded: String
        uncoded: String
        wrongLeaf: Int
        again: Query
      }
      type Mutation { write: String! }
      type Subscription {
        count(to: Int!): Int
        follow(after: String): Int
        crashesAtOnce: Int
        crashesLater: Int
      }
    `,
    resolvers: {
      Even,
      Query: {
        hello: () => 'world',
        requestId: (_, __, context) => context.requestId,
        whoAsks: async (_, __, { principal }) => {
          await new Promise((resolve) => setImmediate(resolve));
          return principal.subject;
        },
        held: async (_, __, { signal }) => {
          signal.addEventListener('abort', () => probe.aborted.resolve());
          probe.entered.resolve();
          await probe.release.promise;
          return 'done';
        },
        even: (_, { value }) => value,
        person: () => 'someone',
        crash: () => {
          throw new RangeError('passport X1234567');
        },
        crashHard: () => {
          throw new RangeError('passport X1234567');
        },
        coded: () => {
          throw new GraphQLError('Not for you.', { extensions: { code: 'FORBIDDEN' } });
        },
        uncoded: () => {
          throw new GraphQLError('passport X1234567', { nodes: parse(new Source('{ a }')).definitions });
        },
        wrongLeaf: () => 'passport X1234567',
        again: () => ({}),
      },
      Mutation: {
        write: () => {
          probe.calls.push('write');
          return 'written';
        },
      },
      Subscription: tinySubscriptions(probe),
    },
  });
}

/** A real server over a tiny schema on a free port. */
export async function startTinyServer(overrides: Partial<ServerOptions> = {}) {
  const probe = new Probe();
  const logLines: string[] = [];
  const server = createServer({
    schema: tinySchema(probe),
    contextFor: (facts) => facts,
    authenticate: async () => LOCAL_OPERATOR,
    log: createLogger('info', { write: (line: string) => void logLines.push(line) }),
    settings: { host: '127.0.0.1', port: 0, maxBodyBytes: 4096 },
    whyNotReady: async () => null,
    defaultQuery: '{ hello }',
    ...overrides,
  });
  const url = await server.listen();
  const { port, host, origin } = new URL(url);
  const ask = async (query: string, init: { variables?: unknown; headers?: Record<string, string> } = {}) =>
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...init.headers },
      body: JSON.stringify({ query, variables: init.variables }),
    });
  return {
    server,
    probe,
    logLines,
    url,
    host,
    origin,
    port: Number(port),
    ask,
    close: async () => await server.close(),
  };
}
export type TinyServer = Awaited<ReturnType<typeof startTinyServer>>;

/** A bare connection: what it heard until now, and all it heard when it was closed. */
export async function openRaw(
  port: number,
): Promise<{ socket: Socket; heard: () => string; closed: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  // A reset is an end like any other; `once` would reject with it.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await once(socket, 'connect');
  return { socket, heard: () => text, closed };
}

/** Sends lines as they are, and waits until the server closes. */
export async function sendRaw(port: number, lines: readonly string[], body = ''): Promise<string> {
  const { socket, closed } = await openRaw(port);
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return await closed;
}
