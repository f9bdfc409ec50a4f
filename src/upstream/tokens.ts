import type { Authorizer } from './authorizer.ts';
import { type GrantedToken, SharedToken } from './shared-token.ts';
import type { RequestSigner } from './sign-request.ts';
import { SourceError } from './source-error.ts';
import { ofTokenEndpoint, requestToken } from './token-request.ts';

type Headers = Readonly<Record<string, string>>;

/** No credential at all. */
export function noToken(): Authorizer {
  return always({});
}

/** `Authorization: Bearer <token>`, always the same. */
export function staticToken(token: string): Authorizer {
  return always({ authorization: `Bearer ${token}` });
}

/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4). Id and secret go in the form (2.3.1), as Upvest documents it. With
 * `orJson`, an endpoint that cannot read the form (400, 415, 422) is asked with the same as JSON, from then on always.
 */
export function clientCredentials(options: {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  timeoutMs: number;
  /** Headers that the token endpoint wants beside the standard ones. */
  headers?: Readonly<Record<string, string>>;
  orJson?: boolean;
  /** Signs the requests for a token; undefined: unsigned. */
  sign?: RequestSigner | undefined;
}): Authorizer {
  const { tokenUrl, timeoutMs, headers = {}, orJson = false, sign } = options;
  const request = { url: tokenUrl, headers, timeoutMs, sign };
  const json = { client_id: options.clientId, client_secret: options.clientSecret };
  const form = { grant_type: 'client_credentials', ...json };
  let wantsJson = false;
  return fromToken(async () => {
    try {
      if (!wantsJson) return await requestToken({ ...request, form });
    } catch (error) {
      if (!orJson || !isUnreadForm(error)) throw error;
    }
    const token = await requestToken({ ...request, json });
    wantsJson = true;
    return token;
  });
}

function isUnreadForm(error: unknown): boolean {
  return error instanceof SourceError && [400, 415, 422].includes(error.httpStatus ?? 0);
}

/** An API key and secret exchanged for an access token: POST with Basic key:secret, answering {access_token, expires_in}. */
export function keyExchange(options: {
  exchangeUrl: string;
  apiKey: string;
  apiSecret: string;
  timeoutMs: number;
}): Authorizer {
  const { exchangeUrl: url, apiKey, apiSecret, timeoutMs } = options;
  const basic = Buffer.from(`${apiKey}:${apiSecret}`, 'utf8').toString('base64');
  const headers = { authorization: `Basic ${basic}` };
  return fromToken(() => requestToken({ url, headers, timeoutMs }));
}

function always(headers: Headers): Authorizer {
  return { headers: () => Promise.resolve(headers), renew: () => false };
}

function fromToken(request: () => Promise<GrantedToken>): Authorizer {
  const token = new SharedToken(async () => {
    try {
      return await request();
    } catch (error) {
      throw ofTokenEndpoint(error);
    }
  });
  return {
    headers: async (signal) => ({ authorization: `Bearer ${await token.get(signal)}` }),
    renew(refused) {
      token.drop((refused['authorization'] ?? '').replace(/^Bearer /, ''));
      return true;
    },
  };
}
