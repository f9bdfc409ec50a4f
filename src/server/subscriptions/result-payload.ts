import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

import { logCursorOf } from '#graph/log-position';
import { finishError } from '#server/finish-errors';

/** As the engine and both transports know it. */
interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly extensions?: Record<string, unknown> | undefined;
}

/** What of a result goes out: its errors without what HTTP alone is told, and as an extension the cursor that it carries. */
export function payloadOf(result: Result): FormattedExecutionResult {
  const { data, errors } = result;
  const cursor = logCursorOf(result);
  const extensions = cursor === null ? result.extensions : { ...result.extensions, cursor };
  return {
    ...(errors === undefined ? {} : { errors: errors.map(errorPayload) }),
    ...(data === undefined ? {} : { data }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

export function errorPayload(error: GraphQLError): GraphQLFormattedError {
  const formatted = finishError(error).toJSON();
  const { http: _, unexpected: __, ...extensions } = { ...formatted.extensions };
  return { ...formatted, extensions };
}
