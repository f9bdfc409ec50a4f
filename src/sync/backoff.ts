import type { SourceError } from '#upstream/source-error';

const FIRST_MS = 1000;
const MOST_MS = 60_000;
/** No source is left alone for longer, whatever it asks for: it may not mean it (a date in the year 9999). */
const MOST_ASKED_MS = 3_600_000;

/** How long to leave a failing source alone: doubling from one second to a minute, or as long as it asked for, up to an hour. */
export class Backoff {
  #failures = 0;

  succeeded(): void {
    this.#failures = 0;
  }

  /** Counts the failure and returns the wait in milliseconds. */
  failed(error: SourceError): number {
    const doubledMs = Math.min(MOST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    return Math.max(doubledMs, Math.min(MOST_ASKED_MS, error.retryAfterMs ?? 0));
  }
}
