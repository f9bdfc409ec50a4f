import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long what a refused client still sends is read and thrown away, so that it can hear the refusal. */
const LINGER_MS = 1000;

/** Why a request is not served: before GraphQL, so it is answered in GraphQL's form but by HTTP's status. */
export interface Refusal {
  readonly status: number;
  /** Stable, as in `errors[].extensions.code`. */
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Looks at a request before its body is read; null lets it pass. */
export type Guard = (request: IncomingMessage) => Refusal | null;

/** The first objection of the guards, in their order. */
export function firstRefusal(guards: readonly Guard[], request: IncomingMessage): Refusal | null {
  for (const guard of guards) {
    const refusal = guard(request);
    if (refusal !== null) return refusal;
  }
  return null;
}

/**
 * Answers and closes the connection. A body that is still on its way is thrown away for a moment first: a socket closed
 * with unread bytes is reset, and the client would see the reset and not the answer.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const body = bodyOf(refusal, response.getHeader('x-request-id'));
  response.writeHead(refusal.status, { ...headersOf(body), ...refusal.headers, connection: 'close' });
  if (request.complete || request.method === 'GET') {
    response.end(body);
    return;
  }
  response.write(body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('error', end).once('close', end).resume();
}

/** The same for a connection that asked to become another protocol. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = { ...headersOf(body), ...refusal.headers, connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.once('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${lines.join('\r\n')}\r\n\r\n${body}`, () =>
    socket.destroy(),
  );
}

/** `requestId` of a request that has one; left out otherwise. */
function bodyOf({ message, code }: Refusal, requestId?: unknown): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
}

function headersOf(body: string): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
  };
}
