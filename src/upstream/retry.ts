import { DelegateBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel';

import { SourceError } from './source-error.ts';

const MAX_RETRIES = 2;
const FIRST_PAUSE_MS = 100;

/**
 * The retries of one call: after a lost connection, a 429 or a 5xx, as long as the pause fits into the time left. A
 * Retry-After is kept to the letter: where it does not fit, the call fails at once and says so.
 */
export function retryWithin(time: { remainingMs: () => number; mayRetry: () => boolean }): RetryPolicy {
  let pauseMs = 0;
  let failures = 0;
  const fits = handleWhen((error) => {
    if (!(error instanceof SourceError) || !isPassing(error) || !time.mayRetry()) return false;
    pauseMs = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** failures * (0.5 + Math.random());
    failures += 1;
    return pauseMs < time.remainingMs();
  });
  const backoff = new DelegateBackoff(() => pauseMs);
  return retry(fits, { maxAttempts: MAX_RETRIES, backoff }).dangerouslyUnref();
}

function isPassing(error: SourceError): boolean {
  return error.code === 'SOURCE_UNREACHABLE' || error.code === 'SOURCE_RATE_LIMITED';
}
