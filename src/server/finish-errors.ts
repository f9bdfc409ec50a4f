import { type ExecutionResult, GraphQLError, Kind } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { requestScope } from './request-scope.ts';

/** Of a text that is no GraphQL the parser quotes the piece that it stumbled over. */
const QUOTED_TOKEN = /((?:Block)?String|Int|Float) ".*"/su;
/** Yoga quotes what stands where a parameter's name should, and the name of the operation asked for. */
const QUOTED_NAME = /^(Unexpected parameter|Unknown operation named) ".*"/su;
/** Values that stand in the text of an operation: names of enums are no values of anybody's. */
const LITERALS: readonly string[] = [Kind.STRING, Kind.INT, Kind.FLOAT, Kind.LIST, Kind.OBJECT];

/**
 * The last word on every error of an answer, wherever it was made: the id of its request, and no value that stood in the
 * text. On copies: Yoga keeps what it found of a text and gives it to whoever sends the same.
 */
export function finishErrors(): Plugin {
  return {
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result) || !('errors' in result) || result.errors === undefined) return;
      const errors = result.errors.map(finishError);
      setResult({ ...(result as ExecutionResult), errors });
    },
  };
}

/** One of them; for transports that give out results one by one. */
export function finishError(error: GraphQLError): GraphQLError {
  const { nodes, source, positions, path } = error;
  const requestId = requestScope.getStore()?.requestId;
  const extensions = { ...error.extensions, requestId };
  return new GraphQLError(withoutValues(error), { nodes, source, positions, path, extensions });
}

function withoutValues({ message, nodes, extensions }: GraphQLError): string {
  const { code } = extensions;
  if (code === 'BAD_USER_INPUT') return message.replace(QUOTED_NAME, '$1');
  if (code === 'GRAPHQL_PARSE_FAILED') return message.replace(QUOTED_TOKEN, '$1');
  if (code !== 'GRAPHQL_VALIDATION_FAILED' || !LITERALS.includes(nodes?.[0]?.kind ?? '')) return message;
  return 'A value in the text of the operation does not fit its type.';
}
