/** Who asks could not be told, or their credential no longer holds: HTTP 401. The message never quotes the credential. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  readonly code = 'UNAUTHENTICATED';
}

/** The issuer's keys cannot be had at the moment, so no token can be judged: HTTP 503. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
  readonly code = 'ISSUER_UNAVAILABLE';
}
