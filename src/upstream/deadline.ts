import { SourceError } from './source-error.ts';

/**
 * One end for all that belongs to a call: it aborts `signal` with SOURCE_TIMEOUT when the time is up, with the caller's
 * own reason when one of the callers gives up. Ended when the call is, so that neither timer nor listener stays behind.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #endsAtMs: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #callers: readonly AbortSignal[];
  readonly #giveUp = () => this.#controller.abort(this.#callers.find(({ aborted }) => aborted)?.reason);

  /** `timeoutMs` null: only the callers end it. */
  constructor(timeoutMs: number | null, callers: readonly (AbortSignal | undefined)[] = []) {
    this.#callers = callers.filter((caller) => caller !== undefined);
    this.#endsAtMs = timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    if (timeoutMs !== null) this.#timer = setTimeout(() => this.#controller.abort(timedOut()), timeoutMs);
    for (const caller of this.#callers) caller.addEventListener('abort', this.#giveUp, { once: true });
    if (this.isGivenUp) this.#giveUp();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left; negative once it has passed. */
  get remainingMs(): number {
    return this.#endsAtMs - performance.now();
  }

  /** True when a caller gave up, whether or not the time is up as well. */
  get isGivenUp(): boolean {
    return this.#callers.some(({ aborted }) => aborted);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const caller of this.#callers) caller.removeEventListener('abort', this.#giveUp);
  }
}

function timedOut(): SourceError {
  return new SourceError('SOURCE_TIMEOUT', 'The source did not answer in time.');
}

/** The promise, or a rejection with the signal's reason as soon as that aborts; what comes later is dropped. */
export function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
