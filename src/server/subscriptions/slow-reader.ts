import { type ExecutionResult, GraphQLError } from 'graphql';

import { LOG_CURSOR, type ResultAtPosition } from '#graph/log-position';

/** How long those who listen may take. Milliseconds. */
export interface ListenerTimes {
  /** To take what was sent to them, or to be heard of at all. */
  readonly slowReaderMs: number;
  /** To take their last words, before the connection is cut. */
  readonly lastWordsMs: number;
  /** The same when the process is to end. */
  readonly farewellMs: number;
  /** For a WebSocket to say who it is. */
  readonly initMs: number;
  /** How often a WebSocket is asked whether it is still there. */
  readonly pingEveryMs: number;
}
export const LISTENER_TIMES: ListenerTimes = {
  slowReaderMs: 60_000,
  lastWordsMs: 5000,
  farewellMs: 1000,
  initMs: 3000,
  pingEveryMs: 15_000,
};

/** The last result of who did not take what was sent, at the position of the last that was; null: before the first. */
export function closedForSlowness(cursor: string | null): ExecutionResult | ResultAtPosition {
  const error = new GraphQLError('What was sent was not taken in time. Subscribe again after this cursor.', {
    extensions: { code: 'SUBSCRIPTION_CLOSED', cursor },
  });
  return cursor === null ? { errors: [error] } : { errors: [error], [LOG_CURSOR]: cursor };
}
