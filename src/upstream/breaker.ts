import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from 'cockatiel';

import { SourceError } from './source-error.ts';

export interface BreakerOptions {
  /** So many failed attempts in a row open the circuit. */
  readonly failures: number;
  /** How long the circuit stays open before one call probes the source; doubled at each failed probe, up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

export const BREAKER_DEFAULTS: BreakerOptions = { failures: 8, openMs: 1000, maxOpenMs: 30_000 };

/** What an attempt came to, so that a refusal counts as a sign of life. */
type Attempt<Value> = { readonly value: Value } | { readonly refusal: SourceError };

/**
 * Stops asking a source that does not answer. Lost connections, 5xx and timeouts count; refusals (4xx, 429, a body of
 * another form) are signs of life; what the caller ended counts neither way.
 */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  #opensAgainAtMs = 0;

  constructor({ failures, openMs, maxOpenMs }: BreakerOptions) {
    const openTime = new DelegateBackoff<unknown, number>((_context, lastMs) => {
      const nextMs = lastMs === undefined ? openMs : Math.min(lastMs * 2, maxOpenMs);
      this.#opensAgainAtMs = performance.now() + nextMs;
      return { delay: nextMs, state: nextMs };
    });
    this.#policy = circuitBreaker(handleWhen(isFailure), {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: openTime,
    });
  }

  /** True from the failure that opens the circuit until a probe may start. */
  get isOpen(): boolean {
    return this.#policy.state === CircuitState.Open && performance.now() < this.#opensAgainAtMs;
  }

  /** True while it is not known whether the source is back: the next call is the probe. */
  get isProbing(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  /** @throws SourceError SOURCE_CIRCUIT_OPEN without calling `attempt` while the circuit is open. */
  async execute<Value>(attempt: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    try {
      const result = await this.#policy.execute(() => withRefusal(attempt), signal);
      if ('refusal' in result) throw result.refusal;
      return result.value;
    } catch (error) {
      throw error instanceof BrokenCircuitError ? this.refusal() : error;
    }
  }

  refusal(): SourceError {
    const retryAfterMs = Math.max(0, Math.ceil(this.#opensAgainAtMs - performance.now()));
    const message = 'The source failed several times in a row and is not asked for a while.';
    return new SourceError('SOURCE_CIRCUIT_OPEN', message, { retryAfterMs });
  }
}

function isFailure(error: unknown): boolean {
  return (
    error instanceof SourceError && (error.code === 'SOURCE_UNREACHABLE' || error.code === 'SOURCE_TIMEOUT')
  );
}

async function withRefusal<Value>(attempt: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await attempt() };
  } catch (error) {
    if (error instanceof SourceError && !isFailure(error)) return { refusal: error };
    throw error;
  }
}
