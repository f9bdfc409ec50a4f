import { GraphQLError, type GraphQLSchema, parse, Source } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';

import type { Principal } from '#access/principal';

import { validateSizeFirst } from './operation-limits.ts';

/** The texts of operations by their ids. */
export type PersistedOperations = ReadonlyMap<string, string>;

const MAX_FAULTS = 10;

/** What is wrong with the texts, a readable line each; empty when every one of them can be asked of the schema. */
export function persistedFaults(schema: GraphQLSchema, operations: PersistedOperations): readonly string[] {
  const faults = [...operations].flatMap(([id, text]) => {
    const fault = faultOf(schema, text);
    return fault === null ? [] : [`PERSISTED_OPERATIONS_FILE: operation ${id} ${fault}`];
  });
  const more = faults.length - MAX_FAULTS;
  if (more <= 0) return faults;
  return [...faults.slice(0, MAX_FAULTS), `PERSISTED_OPERATIONS_FILE has ${more} more faults.`];
}

function faultOf(schema: GraphQLSchema, text: string): string | null {
  try {
    const [error] = validateSizeFirst(schema, parse(new Source(text, 'operation')));
    return error === undefined ? null : `does not fit the schema: ${error.message}`;
  } catch {
    return 'is no GraphQL.';
  }
}

/**
 * Operations asked by id: `documentId` of GraphQL over HTTP, or `extensions.persistedQuery.sha256Hash`. End users may
 * send nothing else, and their texts are refused unread; others may send either. The codes are those of Apollo's router.
 */
export function usePersistedOperations(operations: PersistedOperations | null): Plugin {
  if (operations === null) return {};
  return {
    onParams({ params, request, context, setParams }) {
      if (typeof params !== 'object' || params === null) return;
      const { principal } = context as unknown as { readonly principal: Principal };
      const id = idOf(params, request);
      const query = textOf(operations, { id, text: params.query, mayAskFreely: mayAskFreely(principal) });
      // Without the id: Yoga knows no such parameter.
      const { documentId: _, ...others } = params as GraphQLParams & { readonly documentId?: unknown };
      if (query !== null) setParams({ ...others, query });
    },
  };
}

function mayAskFreely({ kind }: Principal): boolean {
  return kind !== 'END_USER';
}

/** The text behind an id; null where the request's own stands. @throws GraphQLError */
function textOf(
  operations: PersistedOperations,
  asked: { readonly id: string | null; readonly text: unknown; readonly mayAskFreely: boolean },
): string | null {
  const { id, text } = asked;
  if (id === null) {
    if (asked.mayAskFreely) return null;
    throw refused('PERSISTED_QUERY_ID_REQUIRED', 'Ask by the id of an operation that was agreed on before.');
  }
  if (text !== undefined && text !== null)
    throw refused('CANNOT_SEND_PQ_ID_AND_BODY', 'Send the id of an operation or its text, not both.');
  const found = operations.get(id);
  if (found === undefined)
    throw refused('PERSISTED_QUERY_NOT_IN_LIST', 'No operation was agreed on under this id.');
  return found;
}

function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

const PREFIX = 'sha256:';

function idOf(params: GraphQLParams & { readonly documentId?: unknown }, request: Request): string | null {
  const query = request.method === 'GET' ? request.url.split('?', 2)[1] : undefined;
  const id = params.documentId ?? new URLSearchParams(query).get('documentId') ?? hashIn(params.extensions);
  if (typeof id !== 'string') return null;
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id;
}

function hashIn(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as {
    readonly persistedQuery?: { sha256Hash?: unknown } | null;
  };
  return persistedQuery?.sha256Hash;
}
