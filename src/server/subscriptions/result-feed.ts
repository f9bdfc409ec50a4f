import type { ExecutionResult } from 'graphql';

import type { Logger } from '#log';
import { maskError } from '#server/mask-error';

/**
 * The results of a running operation, each asked for by whoever takes it and none before. It ends the moment it is told
 * to, whatever its source is waiting for.
 */
export class ResultFeed {
  readonly #results: AsyncIterator<ExecutionResult>;
  readonly #leave: AbortController;
  readonly #log: Logger;
  #hasEnded = false;
  #wake: ((ended: null) => void) | null = null;

  /** `leave` is what the source hears of the end by. */
  constructor(results: AsyncIterable<ExecutionResult>, leave: AbortController, log: Logger) {
    this.#results = results[Symbol.asyncIterator]();
    this.#leave = leave;
    this.#log = log;
  }

  /** Null: there are no more. What the source throws is its last result, masked. */
  async next(): Promise<ExecutionResult | null> {
    if (this.#hasEnded) return null;
    const { promise, resolve } = Promise.withResolvers<ExecutionResult | null>();
    // One at a time, not a race with one promise of the end, which would keep every result that ever raced with it.
    this.#wake = resolve;
    this.#results.next().then(
      ({ done, value }) => resolve(done === true ? null : value),
      (error: unknown) => resolve(this.#lastWord(error)),
    );
    return await promise;
  }

  #lastWord(error: unknown): ExecutionResult | null {
    if (this.#hasEnded) return null;
    // Whoever waits is to hear of this rather than of an end.
    this.#wake = null;
    this.end();
    return { errors: [maskError(error, this.#log)] };
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#wake?.(null);
    this.#leave.abort();
    // Nobody is left to hear how its source ends.
    this.#results.return?.().catch(() => {});
  }
}
