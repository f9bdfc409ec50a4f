import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';

import { type Claims, parseClaims } from './claims.ts';
import { IssuerUnavailableError, UnauthenticatedError } from './unauthenticated-error.ts';

/** Asymmetric alone: with a symmetric one, whoever reads the public key could sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_S = 5;
const FETCH_TIMEOUT_MS = 5000;

export interface JwtTrust {
  /** The issuer's keys: where they are served, or as they were read from a file. Never from a token's own header. */
  readonly keys: URL | JSONWebKeySet;
  readonly issuer: string;
  readonly audience: string;
}

export interface JwtVerifier {
  /**
   * @throws UnauthenticatedError when the token does not prove who its bearer is, now
   * @throws IssuerUnavailableError when the issuer's keys cannot be fetched
   */
  verify(token: string): Promise<Claims>;
}

/** Verifies bearer tokens: signature, algorithm, issuer, audience, exp and nbf, then the claims that make a caller. */
export function createJwtVerifier(trust: JwtTrust): JwtVerifier {
  const keys: JWTVerifyGetKey =
    trust.keys instanceof URL
      ? createRemoteJWKSet(trust.keys, { timeoutDuration: FETCH_TIMEOUT_MS })
      : createLocalJWKSet(trust.keys);
  return {
    async verify(token) {
      const claims = parseClaims(await payloadOf(token, keys, trust));
      if (claims === null) throw new UnauthenticatedError('The token does not say who its bearer is.');
      return claims;
    },
  };
}

async function payloadOf(token: string, keys: JWTVerifyGetKey, trust: JwtTrust): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: trust.issuer,
      audience: trust.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  } catch (error) {
    throw !(trust.keys instanceof URL) || isAboutToken(error)
      ? new UnauthenticatedError(reasonOf(error))
      : new IssuerUnavailableError("The issuer's keys cannot be fetched.");
  }
}

/** What fails while keys are fetched is no JOSE error, a timeout, or one of the kind that has no name of its own. */
function isAboutToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !(error instanceof errors.JWKSTimeout) && error.code !== errors.JOSEError.code;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  return 'The token is not one that this gateway trusts.';
}
