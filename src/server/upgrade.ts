import type { IncomingMessage } from 'node:http';

import { GRAPHQL_PATH } from './graphql-handler.ts';
import { firstRefusal, type Guard, type Refusal } from './refusal.ts';

const NOTHING_TO_BECOME: Refusal = {
  status: 404,
  code: 'BAD_USER_INPUT',
  message: `GraphQL over WebSocket is at ${GRAPHQL_PATH}.`,
};

/**
 * Why a request may not become a WebSocket; null when it may. It passes the same guards as any other: a page of another
 * origin may open one without asking.
 */
export function upgradeRefusal(guards: readonly Guard[], request: IncomingMessage): Refusal | null {
  const [path] = (request.url ?? '').split('?', 1);
  return firstRefusal(guards, request) ?? (path === GRAPHQL_PATH ? null : NOTHING_TO_BECOME);
}
