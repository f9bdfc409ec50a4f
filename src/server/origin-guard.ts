import type { IncomingMessage } from 'node:http';

import { isOfOrigin } from './cors.ts';
import type { OurHost } from './host-guard.ts';
import type { Guard } from './refusal.ts';

/**
 * A browser may ask only for a page that this gateway gave it, or of an origin that is listed. Other sites' pages send their Origin, or, where they send
 * none (images, scripts), Sec-Fetch-Site; following a link to GraphiQL is allowed.
 */
export function originGuard(
  ourHost: OurHost,
  schemes: readonly ('http' | 'https')[],
  /** Of other sites, whose pages may ask too. */
  listed: readonly string[] = [],
): Guard {
  const isOurs = (origin: string, request: IncomingMessage) =>
    schemes.some((scheme) => origin.toLowerCase() === `${scheme}://${ourHost(request)}`);
  return (request) => {
    if (isOfOrigin(request, listed)) return null;
    const origins = request.headersDistinct['origin'] ?? [];
    return origins.every((origin) => isOurs(origin, request)) && !isForeignFetch(request)
      ? null
      : { status: 403, code: 'FORBIDDEN', message: 'Pages of other origins may not ask this gateway.' };
  };
}

function isForeignFetch(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return request.method !== 'GET' || request.headers['sec-fetch-mode'] !== 'navigate';
}
