import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { firstRefusal, type Guard, type Refusal, refuseUpgrade } from './refusal.ts';

const NOTHING_TO_BECOME: Refusal = {
  status: 404,
  code: 'BAD_USER_INPUT',
  message: 'Nothing is served over another protocol than HTTP yet.',
};

/** A WebSocket passes the same guards as a request: a page of another origin may open one without asking. */
export function answerUpgrade(guards: readonly Guard[], request: IncomingMessage, socket: Duplex): void {
  refuseUpgrade(socket, firstRefusal(guards, request) ?? NOTHING_TO_BECOME);
}
