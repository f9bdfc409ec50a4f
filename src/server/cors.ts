import type { IncomingMessage, ServerResponse } from 'node:http';

const METHODS = 'GET, POST';
/** What a page must be able to send; a credential travels in a header of its own making, so cookies are never let in. */
const REQUEST_HEADERS = 'authorization, content-type, last-event-id';
const RESPONSE_HEADERS = 'retry-after, x-request-id';
const PREFLIGHT_HOLDS_S = 600;

/** The one origin that a request names; null for none, and for several. */
function originOf({ headersDistinct }: IncomingMessage): string | null {
  const [origin, another] = headersDistinct['origin'] ?? [];
  return another === undefined ? (origin ?? null) : null;
}

/** Whether a page of these origins, to the letter, sent the request. */
export function isOfOrigin(request: IncomingMessage, origins: readonly string[]): boolean {
  const origin = originOf(request);
  return origin !== null && origins.includes(origin);
}

/** Lets pages of these origins read the answer, a refusal too. Nothing is said to others; with no origins to nobody. */
export function setCorsHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): void {
  if (origins.length === 0) return;
  response.appendHeader('vary', 'origin');
  const origin = originOf(request);
  if (origin === null || !origins.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', RESPONSE_HEADERS);
}

/** What a browser asks before it lets a page ask: it judges by the lists whether the page may. */
export function isPreflight(request: IncomingMessage, origins: readonly string[]): boolean {
  const asksFor = request.headers['access-control-request-method'];
  return request.method === 'OPTIONS' && asksFor !== undefined && isOfOrigin(request, origins);
}

export function answerPreflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', METHODS);
  response.setHeader('access-control-allow-headers', REQUEST_HEADERS);
  response.setHeader('access-control-max-age', PREFLIGHT_HOLDS_S);
  response.writeHead(204).end();
}
