import { randomUUID } from 'node:crypto';

import type { SandboxAnswer, SandboxCall } from '#sources/sandbox-server';

export const CLIENT_ID = 'fg_test_cl_sandbox';
export const CLIENT_SECRET = 'fg_test_sk_sandbox_secret';
export const TOKEN_PATH = '/v1/platform/auth/token';

/** The token endpoint: client credentials as RFC 6749 has them, or as JSON in an envelope, as the vendor's page has them. */
export class SandboxTokens {
  lifetimeS = 3600;
  /** True: forms are refused with 422. */
  jsonOnly = false;
  readonly #endsAtMs = new Map<string, number>();

  grant({ method, body, headers }: SandboxCall): SandboxAnswer {
    if (method !== 'POST') return envelope(405, { message: 'Method Not Allowed' });
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    if (this.jsonOnly && !isJson) return envelope(422, { message: 'The body must be JSON.' });
    const sent = isJson ? jsonOf(body) : new Map(new URLSearchParams(body));
    if (!isJson && sent.get('grant_type') !== 'client_credentials') {
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
    if (sent.get('client_id') !== CLIENT_ID || sent.get('client_secret') !== CLIENT_SECRET) {
      return { status: 401, body: { error: 'invalid_client' } };
    }
    const access_token = randomUUID();
    this.#endsAtMs.set(access_token, performance.now() + this.lifetimeS * 1000);
    const token = { access_token, token_type: 'Bearer', expires_in: this.lifetimeS };
    return isJson ? envelope(200, token) : { status: 200, body: token };
  }

  isValid(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    return performance.now() < (this.#endsAtMs.get(token) ?? 0);
  }

  /** Makes every token given so far worthless. */
  revoke(): void {
    this.#endsAtMs.clear();
  }
}

/** The wrapper of all of Finogates' answers. */
export function envelope(
  status: number,
  data: unknown,
  rest: Readonly<Record<string, unknown>> = {},
): SandboxAnswer {
  return { status, body: { status_code: status, data, query_generated_time: Date.now(), ...rest } };
}

function jsonOf(body: string): ReadonlyMap<string, unknown> {
  const value: unknown = JSON.parse(body === '' ? '{}' : body);
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}
