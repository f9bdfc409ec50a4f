import type { OwnerCredential, OwnerRead, ReadOptions } from '#sources/source';
import type { Upstream } from '#upstream/request';
import { SourceError } from '#upstream/source-error';

import { normalizeDetails } from './normalize.ts';
import { wireDetailsBody } from './wire.ts';

const NOTHING: OwnerRead = { records: [], unidentified: 0, incomplete: null, owner: null };

export interface DetailsOptions extends ReadOptions {
  /** Header `X-Timestamp-Format`; left out, times come in epoch milliseconds, which are finer than the ISO form. */
  readonly timestampFormat?: 'iso8601';
}

/**
 * GET /v0/kyc/details: the record of whoever owns the token, under the caller's name for them; empty where Sumvin
 * has none (404). `refresh=true` is sent only when asked for. @throws SourceError
 */
export async function fetchDetails(
  upstream: Upstream,
  externalId: string,
  owner: OwnerCredential,
  options: DetailsOptions,
): Promise<OwnerRead> {
  try {
    const body = await upstream.request({
      method: 'GET',
      path: 'v0/kyc/details',
      query: { refresh: options.refresh === true ? true : null },
      credential: { 'x-sumvin-pat': headerValue(owner.credential) },
      headers: toHeaders(owner, options),
      schema: wireDetailsBody,
      pace: options.pace,
      signal: options.signal,
    });
    const details = normalizeDetails(body, externalId);
    if (details === null) return { ...NOTHING, unidentified: 1 };
    return { ...NOTHING, records: [details.record], owner: details.owner };
  } catch (error) {
    if (error instanceof SourceError && error.code === 'SOURCE_NOT_FOUND') return NOTHING;
    throw error;
  }
}

function toHeaders({ tenant }: OwnerCredential, { timestampFormat }: DetailsOptions) {
  const headers: Record<string, string> = {};
  if (tenant !== null) headers['x-juno-orgid'] = headerValue(tenant);
  if (timestampFormat !== undefined) headers['x-timestamp-format'] = timestampFormat;
  return headers;
}

/** Credentials come from callers (connectIdentity): one that no header can carry is refused here, unseen. */
function headerValue(value: string): string {
  if (canBeHeader(value)) return value;
  throw new SourceError('SOURCE_REFUSED', 'The credential or tenant is no text that a header can carry.');
}

/** Printable ASCII without spaces, not empty. */
export function canBeHeader(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}
