import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';

/** Answers the request with these as server-sent events; resolves when that is over. */
export type StreamResults = (results: AsyncIterable<ExecutionResult>) => Promise<void>;

const MEDIA_TYPE = 'text/event-stream';
const BAD_REQUEST = 400;
const TOO_MANY_REQUESTS = 429;
const INTERNAL_ERROR = 500;

/**
 * Server-sent events in place of Yoga's own, which carry no ids, so that nobody could resume by them, and which go on
 * being read for who does not take them.
 */
export function useEventStreams(): Plugin<object, { readonly stream: StreamResults | null }> {
  return {
    onResultProcess({ request, result, resultProcessor, setResult, setResultProcessor, serverContext }) {
      const { stream } = serverContext;
      if (resultProcessor === undefined || stream === null || Array.isArray(result)) return;
      if (isAsyncIterable(result)) return setResultProcessor(processorOf(stream, result), MEDIA_TYPE);
      if (request.headers.get('accept')?.trim() !== MEDIA_TYPE) return;
      const status = refusalStatus(result);
      if (status === null || !isToldByStatus(request, status))
        return setResultProcessor(processorOf(stream, alone(result)), MEDIA_TYPE);
      setResult({ ...result, extensions: { ...result.extensions, http: { status } } });
      setResultProcessor(processRegularResult, 'application/graphql-response+json');
    },
  };
}

function processorOf(stream: StreamResults, results: AsyncIterable<ExecutionResult>) {
  return async (_: unknown, fetchAPI: { Response: typeof Response }): Promise<Response> => {
    await stream(results);
    // The answer is written: Yoga finds it ended and adds nothing.
    return new fetchAPI.Response(null);
  };
}

async function* alone(result: ExecutionResult): AsyncGenerator<ExecutionResult> {
  yield result;
}

/** Null for what was executed, whatever came of it. */
function refusalStatus({ data, errors = [] }: ExecutionResult): number | null {
  if (data !== undefined || errors.length === 0) return null;
  const statuses = errors.map(({ extensions }) => {
    const { status } = (extensions['http'] ?? {}) as { readonly status?: number };
    return status ?? (extensions['unexpected'] === true ? INTERNAL_ERROR : BAD_REQUEST);
  });
  return Math.max(...statuses);
}

/**
 * A browser's EventSource, which can only GET, comes again and again to whatever answers 200, and stays away from the
 * rest. Clients of GraphQL over SSE send a POST and hear of a refusal by an event, as the protocol has it; of one that
 * may pass by the status, for then they come again.
 */
function isToldByStatus({ method }: Request, status: number): boolean {
  return method === 'GET' || status === TOO_MANY_REQUESTS || status >= INTERNAL_ERROR;
}
