import type { SourceFailure } from '#kyc/source-report';

/**
 * A source could not say, and there is no copy to answer from: an error, so that null always means "there is none". Its
 * message and the failure are safe to show.
 */
export class SourceUnansweredError extends Error {
  override readonly name = 'SourceUnansweredError';
  readonly failure: SourceFailure;

  constructor(failure: SourceFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** True for what a source's port throws; anything else is a fault of ours and goes on. */
function isSourceError(error: unknown): error is { toFailure(): SourceFailure } {
  return error instanceof Error && error.name === 'SourceError' && 'toFailure' in error;
}

/** What a source's port threw, as data. Any other error is thrown on. */
export function failureOf(error: unknown): SourceFailure {
  if (isSourceError(error)) return error.toFailure();
  throw error;
}

export function waitedTooLong(waitMs: number): SourceFailure {
  return {
    code: 'SOURCE_TIMEOUT',
    message: `The source did not answer within ${waitMs} ms; what is shown is the copy held.`,
    retryAfterMs: null,
  };
}
