import type { Principal } from './principal.ts';
import { IssuerUnavailableError } from './unauthenticated-error.ts';

/** A key that was revoked is good for no longer than this. */
const HOLDS_MS = 1000;

/**
 * Who the caller of something that outlives a request is by now: the credential that was shown is judged again, at most
 * once a second; of an end user each time, who may have become another one by a link. While the issuer's keys cannot be
 * had, whoever was known stays known.
 * @throws UnauthenticatedError when the credential no longer holds; what the store throws when it cannot be asked
 */
export function createRenewal(first: Principal): () => Promise<Principal> {
  let current = first;
  let renewedAtMs = performance.now();
  return async () => {
    const isFresh = current.kind !== 'END_USER' && performance.now() - renewedAtMs < HOLDS_MS;
    if (isFresh || current.renew === undefined) return current;
    const askedAtMs = performance.now();
    try {
      current = await current.renew();
    } catch (error) {
      if (!(error instanceof IssuerUnavailableError)) throw error;
    }
    renewedAtMs = askedAtMs;
    return current;
  };
}
