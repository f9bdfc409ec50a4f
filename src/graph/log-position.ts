import type { ExecutionResult } from 'graphql';

/**
 * On each result of a subscription: the sealed cursor up to which the caller has now been told all that they asked for,
 * the event of this result included. Transports hand it on (the id of a server-sent event, an extension) so that whoever
 * was cut off goes on from there. It is never serialised with the result: JSON passes symbols over.
 */
export const LOG_CURSOR: unique symbol = Symbol('log cursor');

/** An event as a transport gets it. */
export interface ResultAtPosition extends ExecutionResult {
  readonly [LOG_CURSOR]: string;
}

/** What comes when there was no event for a while: a position alone, without data and without errors. */
export interface Heartbeat {
  readonly [LOG_CURSOR]: string;
}

/** The cursor that a result carries; null for one of no subscription, or of one that came to no position. */
export function logCursorOf(result: object): string | null {
  return LOG_CURSOR in result && typeof result[LOG_CURSOR] === 'string' ? result[LOG_CURSOR] : null;
}

/** True for what is no result, but says how far the log was read. */
export function isHeartbeat(result: object): result is Heartbeat {
  return logCursorOf(result) !== null && !('data' in result) && !('errors' in result);
}
