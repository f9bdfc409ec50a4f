import type { IncomingMessage } from 'node:http';

import type { Guard } from './refusal.ts';

export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const HTTP_PORT = 80;

/** The Host as sent, in lower case, when it is one of ours; null for any other, for none and for several. */
export type OurHost = (request: IncomingMessage) => string | null;

/** These names, with the port that the request came in by. */
export function hostsByName(names: readonly string[]): OurHost {
  return (request) => {
    const port = request.socket.localPort;
    const withPort = names.map((name) => `${name}:${port}`);
    return sentHost(request, port === HTTP_PORT ? [...withPort, ...names] : withPort);
  };
}

/** These and no others, to the letter. */
export function hostsOfList(hosts: readonly string[]): OurHost {
  return (request) => sentHost(request, hosts);
}

function sentHost(request: IncomingMessage, ours: readonly string[]): string | null {
  const hosts = request.headersDistinct['host'] ?? [];
  const host = hosts[0]?.toLowerCase();
  return hosts.length === 1 && host !== undefined && ours.includes(host) ? host : null;
}

/**
 * The Host must be one of ours. A page elsewhere whose name was made to point at this machine (DNS rebinding) still
 * says its own name here.
 */
export function hostGuard(ourHost: OurHost, message: string): Guard {
  return (request) => (ourHost(request) === null ? { status: 421, code: 'FORBIDDEN', message } : null);
}
