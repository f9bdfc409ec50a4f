import { defaultFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { createSchema } from '#graph/schema';
import { createLogger } from '#log';
import { createServer, type ServerOptions } from '#server/create-server';
import { rooms } from '#sources/index';

/** Every resolver of a schema notes that it ran. */
function noting(schema: GraphQLSchema, note: (field: string) => void): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (...given) => {
        note(`${type.name}.${field.name}`);
        return resolve(...given);
      };
    }
  }
  return schema;
}

/**
 * The real edge over the real schema, with nothing behind it: whatever reaches a resolver is noted, and whatever would
 * reach a store finds none.
 */
export async function startEdge(overrides: Partial<ServerOptions> = {}) {
  const resolved: string[] = [];
  const logLines: string[] = [];
  let caller: Principal = LOCAL_OPERATOR;
  const server = createServer({
    schema: noting(
      createSchema(rooms.map(({ descriptor }) => descriptor)),
      (field) => void resolved.push(field),
    ),
    contextFor: (facts) => facts,
    authenticate: async () => caller,
    log: createLogger('trace', { write: (line: string) => void logLines.push(line) }),
    settings: { host: '127.0.0.1', port: 0, maxBodyBytes: 65_536 },
    whyNotReady: async () => null,
    defaultQuery: '{ viewer { kind } }',
    ...overrides,
  });
  const url = await server.listen();
  const post = async (body: unknown, headers: Record<string, string> = {}): Promise<EdgeAnswer> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return await readAnswer(response);
  };
  return {
    url,
    port: Number(new URL(url).port),
    resolved,
    logLines,
    post,
    ask: (query: string, variables?: unknown) => post({ query, variables }),
    become: (more: Partial<Principal>) => {
      caller = { ...LOCAL_OPERATOR, ...more };
    },
    close: () => server.close(),
  };
}
export type Edge = Awaited<ReturnType<typeof startEdge>>;

export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: Record<string, unknown> | null | undefined;
  readonly codes: readonly unknown[];
}

export async function readAnswer(response: Response): Promise<EdgeAnswer> {
  const text = await response.text();
  const { status, headers } = response;
  try {
    const { data, errors = [] } = JSON.parse(text) as {
      data?: Record<string, unknown> | null;
      errors?: readonly { extensions?: { code?: unknown } }[];
    };
    return { status, headers, text, data, codes: errors.map(({ extensions }) => extensions?.code) };
  } catch {
    return { status, headers, text, data: undefined, codes: [] };
  }
}
