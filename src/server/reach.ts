import { hostGuard, hostsByName, hostsOfList, LOOPBACK_NAMES } from './host-guard.ts';
import { originGuard } from './origin-guard.ts';
import { proxyGuard } from './proxy-guard.ts';
import type { Guard } from './refusal.ts';

/**
 * From where the server may be asked. LOOPBACK, while callers are not asked who they are: from this machine, and nothing
 * that was passed on. NAMED: under the names listed, as they stand in a Host header; null: loopback and `host`, with our
 * port. What a proxy says of whom it forwards for is not looked at. Pages of `corsOrigins` may ask there too; where callers
 * are not asked who they are, such a page would be the operator.
 */
export type Reach =
  | { readonly kind: 'LOOPBACK' }
  | {
      readonly kind: 'NAMED';
      readonly allowedHosts: readonly string[] | null;
      /** As browsers spell them: scheme://host, and the port unless it is the scheme's own. */
      readonly corsOrigins?: readonly string[];
    };

export function corsOriginsOf(reach: Reach): readonly string[] {
  return reach.kind === 'NAMED' ? (reach.corsOrigins ?? []) : [];
}

export function guardsOf(reach: Reach, host: string): readonly Guard[] {
  if (reach.kind === 'LOOPBACK') {
    const ours = hostsByName(LOOPBACK_NAMES);
    const message = 'This gateway answers to localhost, 127.0.0.1 and [::1] alone.';
    return [hostGuard(ours, message), proxyGuard, originGuard(ours, ['http'])];
  }
  const own = host.includes(':') ? `[${host}]` : host;
  const ours =
    reach.allowedHosts === null
      ? hostsByName([...LOOPBACK_NAMES, own.toLowerCase()])
      : hostsOfList(reach.allowedHosts);
  const message = 'This gateway does not answer to that name.';
  return [hostGuard(ours, message), originGuard(ours, ['http', 'https'], corsOriginsOf(reach))];
}
