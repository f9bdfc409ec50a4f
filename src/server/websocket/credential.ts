import type { IncomingMessage } from 'node:http';

/**
 * What a client says of itself, as the values of an Authorization header: that of the upgrade, and what stands under the
 * same name in the parameters of `connection_init`, the only place where a browser's page can put it.
 */
export function credentialsOf(
  request: IncomingMessage,
  parameters: Readonly<Record<string, unknown>> = {},
): readonly string[] {
  const inParameters = Object.entries(parameters)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => (typeof value === 'string' ? value : ''));
  return [...(request.headersDistinct['authorization'] ?? []), ...inParameters];
}
