import type { ExecutionResult } from 'graphql';

import { isHeartbeat, logCursorOf } from '#graph/log-position';

import { payloadOf } from './result-payload.ts';

/** The first that comes, so that clients hear at once that they are heard, and what comes before the end. */
export function retryText(afterMs: number): string {
  return `:\nretry: ${Math.round(afterMs)}\n\n`;
}

/**
 * A result as an event of GraphQL over SSE, with its cursor as the id. A position alone is an id without data, which
 * moves on where a browser's EventSource resumes from, and which nobody hears.
 */
export function eventText(result: ExecutionResult): string {
  const cursor = logCursorOf(result);
  const id = cursor === null ? '' : `id: ${cursor}\n`;
  if (isHeartbeat(result)) return `:\n${id}\n`;
  return `event: next\n${id}data: ${JSON.stringify(payloadOf(result))}\n\n`;
}

/** The end for good: without it clients come again. */
export const COMPLETE_TEXT = 'event: complete\ndata: \n\n';
