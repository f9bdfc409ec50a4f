import type { QueryValue, UpstreamCall } from './request.ts';
import type { WireRequest } from './send.ts';

/** A call as it goes over the wire. The credential's headers win over those of the call. */
export function wireRequest(
  call: UpstreamCall<unknown>,
  basePath: string,
  credential: Readonly<Record<string, string>>,
): WireRequest {
  const { type, body } = bodyOf(call);
  const contentType = type === null ? {} : { 'content-type': type };
  const headers = { accept: 'application/json', 'user-agent': 'kyc-gateway', ...contentType };
  return {
    method: call.method,
    path: `${basePath}/${call.path}${queryText(call.query ?? {})}`,
    headers: { ...headers, ...call.headers, ...call.credential, ...credential },
    body,
  };
}

/** A form or JSON as it goes over the wire, with its type; null where there is neither. */
export function bodyOf({ form, json }: Pick<UpstreamCall<unknown>, 'form' | 'json'>): {
  type: string | null;
  body: string | null;
} {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) };
  return { type: null, body: null };
}

/** Null and undefined are left out, a list repeats its name. */
function queryText(query: Readonly<Record<string, QueryValue>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const item of typeof value === 'object' ? value : [value]) parameters.append(name, String(item));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
