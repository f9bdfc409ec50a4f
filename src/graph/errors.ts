import { GraphQLError } from 'graphql';

import type { SourceFailure } from '#kyc/source-report';

/** The caller's own fault, told in words that never repeat the value. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** It would cost too much to answer; the message says what to ask instead. */
export function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_COMPLEX' } });
}

/** A source could not say, and there is no copy: the field is null, and this says why in the source's own code. */
export function sourceUnanswered({ code, message, retryAfterMs }: SourceFailure): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code, ...(retryAfterMs === null ? {} : { retryAfterMs }) },
  });
}

/** It was asked too often. */
export function rateLimited(message: string, retryAfterS: number | null): GraphQLError {
  const wait = retryAfterS === null ? {} : { retryAfterMs: retryAfterS * 1000 };
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', ...wait } });
}

/** The caller may not ask this. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}

/** What lies after a cursor of the change log cannot be told any more, or never could. */
export function cursorExpired(): GraphQLError {
  return new GraphQLError(
    'The change log does not reach back to this cursor, or is another one. Start over: ask for changeCursor together with all that you hold, then go on from there.',
    { extensions: { code: 'CURSOR_EXPIRED' } },
  );
}
