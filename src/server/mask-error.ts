import { GraphQLError, Kind } from 'graphql';

import type { Logger } from '#log';

import { requestScope } from './request-scope.ts';

const CODE = /^[A-Z][A-Z_]*$/;
/** Codes of the GraphQL engine that say no more than ours does. */
const ENGINE_CODES = ['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE'];

/**
 * What a caller hears of an error. An error that carries a code was meant for callers; wrong input becomes
 * BAD_USER_INPUT without the values that were wrong; anything else is masked, logged, and named by the request's id.
 */
export function maskError(error: unknown, log: Logger): GraphQLError {
  if (!(error instanceof GraphQLError)) return masked(error, null, log);
  const input = inputError(error);
  if (input !== null) return input;
  if (isMeant(error)) return meant(error);
  if (error.path === undefined && isEnginesOwn(error)) return badInput(error.message, error);
  return masked(error.originalError ?? error, error, log);
}

/** True when the error was made as a GraphQLError all the way down and says its code. */
function isMeant(error: GraphQLError): boolean {
  const code = error.extensions['code'];
  return typeof code === 'string' && CODE.test(code) && isEnginesOwn(error);
}

function isEnginesOwn(error: GraphQLError): boolean {
  const { originalError } = error;
  return (
    originalError === undefined || (originalError instanceof GraphQLError && isEnginesOwn(originalError))
  );
}

/** A copy without the extension `originalError`, in which a parser of JSON quotes what it was given. */
function meant(error: GraphQLError): GraphQLError {
  const { originalError: quoted, unexpected: _, ...extensions } = error.extensions;
  if (ENGINE_CODES.includes(String(extensions['code']))) extensions['code'] = 'BAD_USER_INPUT';
  // Yoga takes a quoted failure for one of HTTP, 400 for every Accept: keep that without the quote.
  if (quoted !== undefined) extensions['http'] = { status: 400 };
  return remade(error.message, error, extensions);
}

/** The engine's messages about variables and arguments quote the value: say which one it was, and no more. */
function inputError(error: GraphQLError): GraphQLError | null {
  const node = error.nodes?.[0];
  if (node?.kind === Kind.VARIABLE_DEFINITION && error.path === undefined) {
    const name = node.variable.name.value;
    const at = /at "([\w.[\]]+)"; /.exec(error.message)?.[1] ?? name;
    return badInput(`Variable "$${name}" has a value that does not fit its type, at "${at}".`, error);
  }
  const argument = /^Argument "(\w+)" (?:has invalid value|of (?:required|non-null) type)/.exec(
    error.message,
  )?.[1];
  if (argument === undefined || !isEnginesOwn(error) || isMeant(error)) return null;
  return badInput(`Argument "${argument}" has a value that does not fit its type.`, error);
}

function badInput(message: string, error: GraphQLError): GraphQLError {
  return remade(message, error, { code: 'BAD_USER_INPUT', http: { spec: true, status: 400 } });
}

function remade(message: string, error: GraphQLError, extensions: Record<string, unknown>): GraphQLError {
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

function masked(cause: unknown, located: GraphQLError | null, log: Logger): GraphQLError {
  const requestId = requestScope.getStore()?.requestId ?? 'none';
  const node = located?.nodes?.[0];
  const field = node?.kind === Kind.FIELD ? { field: node.name.value } : {};
  log.error('A request failed unexpectedly.', { requestId, ...field, error: cause });
  return new GraphQLError('Something went wrong in the gateway. Its log says more under this request id.', {
    nodes: located?.nodes,
    source: located?.source,
    positions: located?.positions,
    path: located?.path,
    // `unexpected` makes the HTTP status 500 where there are no data; it is taken off before the answer is written.
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId, unexpected: true },
  });
}
