import { fromEpochSeconds, now } from '#kyc/instant';
import type { ApiKeys } from '#store/api-keys/api-keys';

import { API_KEY_MARK, isApiKeyKind, parseApiKey, provesSecret } from './api-key.ts';
import type { FindUser } from './find-user.ts';
import type { JwtVerifier } from './jwt-verifier.ts';
import { createNoteUse, type NoteUse } from './note-use.ts';
import type { Openness } from './openness.ts';
import { LOCAL_OPERATOR, type Principal } from './principal.ts';
import { parseScopes } from './scope.ts';
import { UnauthenticatedError } from './unauthenticated-error.ts';

/** Longer than any token that an issuer should make; what is longer is not looked at. */
const MAX_HEADER_LENGTH = 8192;
const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i;
/** Compared with where there is no key, so that a wrong id takes no other way than a wrong secret. */
const NO_HASH = new Uint8Array(32);

export interface AuthenticatorOptions {
  readonly isOpen: Openness;
  /** Null where no issuer is trusted: then no token is. */
  readonly jwt: JwtVerifier | null;
  readonly keys: Pick<ApiKeys, 'read' | 'noteUse'>;
  readonly findUser: FindUser;
}

/**
 * Who asks, by the values of a request's Authorization header, of which there must be exactly one.
 * @throws UnauthenticatedError, or what the store throws when it cannot be asked
 */
export type Authenticate = (authorization: readonly string[]) => Promise<Principal>;

/** A bearer token of the trusted issuer or an API key of the store; nothing else, and from nowhere else. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const noteUse = createNoteUse(options.keys);
  const whoShows: Authenticate = async (authorization) => {
    if (await options.isOpen()) return LOCAL_OPERATOR;
    const credential = credentialIn(authorization);
    return credential.startsWith(API_KEY_MARK)
      ? await ofApiKey(credential, options.keys, noteUse)
      : await ofToken(credential, options);
  };
  const authenticate: Authenticate = async (authorization) => {
    const principal = await whoShows(authorization);
    return { ...principal, renew: () => authenticate(authorization) };
  };
  return authenticate;
}

function credentialIn(authorization: readonly string[]): string {
  const [header, another] = authorization;
  if (header === undefined) throw new UnauthenticatedError('There is no credential.');
  if (another !== undefined) throw new UnauthenticatedError('There is more than one credential.');
  if (header.length > MAX_HEADER_LENGTH) throw new UnauthenticatedError('The credential is too long.');
  const [, credential] = BEARER.exec(header) ?? [];
  if (credential === undefined) throw new UnauthenticatedError('The credential is no bearer token.');
  return credential;
}

async function ofToken(token: string, { jwt, findUser }: AuthenticatorOptions): Promise<Principal> {
  if (jwt === null) throw new UnauthenticatedError('No issuer of tokens is trusted.');
  const claims = await jwt.verify(token);
  const expiresAt = fromEpochSeconds(claims.expiresAtS);
  if (expiresAt === null) throw new UnauthenticatedError('The token ends at no time that there is.');
  const { kind, subject, scopes } = claims;
  const userId = kind === 'END_USER' ? await findUser(claims) : null;
  return { kind, subject, scopes, userId, expiresAt };
}

async function ofApiKey(
  text: string,
  keys: AuthenticatorOptions['keys'],
  noteUse: NoteUse,
): Promise<Principal> {
  const shown = parseApiKey(text);
  if (shown === null) throw new UnauthenticatedError('The API key is malformed.');
  const key = await keys.read(shown.id);
  const isProved = provesSecret(shown.secret, key?.secretHash ?? NO_HASH);
  if (key === null || !isProved) throw new UnauthenticatedError('The API key is none of this store.');
  if (key.revokedAt !== null) throw new UnauthenticatedError('The API key is revoked.');
  const at = now();
  if (key.expiresAt <= at) throw new UnauthenticatedError('The API key has expired.');
  const { id, kind, subject, scopes, expiresAt, lastUsedAt } = key;
  if (!isApiKeyKind(kind)) throw new UnauthenticatedError('The API key is of no kind that is known.');
  noteUse({ id, lastUsedAt, at });
  return { kind, subject, scopes: parseScopes(scopes.join(' ')), userId: null, expiresAt };
}
