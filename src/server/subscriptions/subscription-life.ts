import { type Instant, millisecondsBetween, now } from '#kyc/instant';

/** A timer of more milliseconds would overflow and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long a subscription may run: until its client is gone, somebody ends it, or its caller's credential does. */
export class SubscriptionLife implements Disposable {
  readonly #end = new AbortController();
  readonly #onGone = () => this.end();
  readonly #client: AbortSignal | null;
  #expiresAt: Instant | null = null;
  #timer: NodeJS.Timeout | undefined;
  #hasExpired = false;

  /** @param client aborted when the client is gone; null where nobody says so */
  constructor(client: AbortSignal | null) {
    this.#client = client;
    if (client?.aborted === true) this.end();
    else client?.addEventListener('abort', this.#onGone);
  }

  /** Aborted at the end, whatever it is. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** True from the instant on at which the credential ends. */
  get hasExpired(): boolean {
    if (this.#expiresAt !== null && this.#expiresAt <= now()) this.#expire();
    return this.#hasExpired;
  }

  /** Ends it then, also while nothing happens; null: a credential without an end. */
  expireAt(at: Instant | null): void {
    if (at === this.#expiresAt) return;
    this.#expiresAt = at;
    this.#wind();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#client?.removeEventListener('abort', this.#onGone);
    this.#end.abort();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #wind(): void {
    clearTimeout(this.#timer);
    if (this.#expiresAt === null || this.signal.aborted) return;
    const leftMs = millisecondsBetween(now(), this.#expiresAt);
    if (leftMs <= 0) return this.#expire();
    this.#timer = setTimeout(() => this.#wind(), Math.min(leftMs, LONGEST_TIMER_MS));
  }

  #expire(): void {
    if (this.signal.aborted) return;
    this.#hasExpired = true;
    this.end();
  }
}
