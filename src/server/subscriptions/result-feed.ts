import type { ExecutionResult } from 'graphql';

/**
 * The results of a running operation, each asked for by whoever takes it and none before. It ends the moment it is told
 * to, whatever its source is waiting for.
 */
export class ResultFeed {
  readonly #results: AsyncIterator<ExecutionResult>;
  readonly #leave: AbortController;
  #hasEnded = false;
  #wake: ((ended: null) => void) | null = null;

  /** `leave` is what the source hears of the end by. */
  constructor(results: AsyncIterable<ExecutionResult>, leave: AbortController) {
    this.#results = results[Symbol.asyncIterator]();
    this.#leave = leave;
  }

  /** Null: there are no more. @throws what the source throws */
  async next(): Promise<ExecutionResult | null> {
    if (this.#hasEnded) return null;
    const { promise, resolve, reject } = Promise.withResolvers<ExecutionResult | null>();
    // One at a time, not a race with one promise of the end, which would keep every result that ever raced with it.
    this.#wake = resolve;
    this.#results.next().then(
      ({ done, value }) => resolve(done === true ? null : value),
      (error: unknown) => (this.#hasEnded ? resolve(null) : reject(error)),
    );
    return await promise;
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
