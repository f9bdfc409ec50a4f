import type { Authenticate } from '#access/authenticate';
import type { Principal } from '#access/principal';
import { IssuerUnavailableError, UnauthenticatedError } from '#access/unauthenticated-error';
import type { Logger } from '#log';
import { StoreUnavailableError } from '#store/database';

import type { Refusal } from './refusal.ts';
import { requestScope } from './request-scope.ts';

export type Asker =
  | { readonly principal: Principal; readonly refusal: null }
  | { readonly principal: null; readonly refusal: Refusal };

/** One answer for whatever is wrong with a credential: it does not help anybody to find a better one. */
const UNAUTHENTICATED: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'Say who asks: Authorization: Bearer, with a token or an API key that holds.',
  headers: { 'www-authenticate': 'Bearer' },
};
const ISSUER_UNAVAILABLE: Refusal = {
  status: 503,
  code: 'ISSUER_UNAVAILABLE',
  message: 'Tokens cannot be judged at the moment.',
};
const STORE_UNAVAILABLE: Refusal = {
  status: 503,
  code: 'STORE_UNAVAILABLE',
  message: 'The store cannot be reached at the moment.',
};

/** Who asks, by the values of an Authorization header alone. Why it could not be told is for the log. */
export async function whoAsks(
  authorization: readonly string[],
  authenticate: Authenticate,
  log: Logger,
): Promise<Asker> {
  try {
    const principal = await authenticate(authorization);
    return { principal, refusal: null };
  } catch (error) {
    if (error instanceof StoreUnavailableError) return { principal: null, refusal: STORE_UNAVAILABLE };
    const requestId = requestScope.getStore()?.requestId ?? 'none';
    if (error instanceof IssuerUnavailableError) {
      log.warn(error.message, { requestId, code: error.code });
      return { principal: null, refusal: ISSUER_UNAVAILABLE };
    }
    if (!(error instanceof UnauthenticatedError)) throw error;
    log.debug(`A caller was refused. ${error.message}`, { requestId, code: error.code });
    return { principal: null, refusal: UNAUTHENTICATED };
  }
}
