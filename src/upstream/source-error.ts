import type { SourceErrorCode, SourceFailure } from '#kyc/source-report';

/** As long as a client can be told to wait (a GraphQL Int). */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * A source did not give what was asked. The message is the gateway's own words and safe to show: it never carries a
 * payload, a token, a header, a path with an id in it, or anything else the source or a caller sent.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  /** Milliseconds after which the source asked to be tried again; null where it did not say. */
  readonly retryAfterMs: number | null;
  /** The HTTP status that the source answered; null where it did not answer. */
  readonly httpStatus: number | null;

  constructor(
    code: SourceErrorCode,
    message: string,
    options: { retryAfterMs?: number | null; httpStatus?: number | null } = {},
  ) {
    super(message);
    this.code = code;
    const { retryAfterMs = null } = options;
    this.retryAfterMs = retryAfterMs === null ? null : Math.min(LONGEST_WAIT_MS, Math.ceil(retryAfterMs));
    this.httpStatus = options.httpStatus ?? null;
  }

  toFailure(): SourceFailure {
    return { code: this.code, message: this.message, retryAfterMs: this.retryAfterMs };
  }
}
