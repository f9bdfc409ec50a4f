/** Between two looks at everything else that there is to do. */
const AT_ONCE = 8;
const MOST_AT_ONCE = 32;
/** So many more are served when all else takes long, or there would be hardly any turns then. */
const PER_MS = 1;
/**
 * Of one caller. One subscription gives one event between two looks, for it waits until that has left: the longer a
 * look takes to come, the later is whoever keeps up, so those with much to catch up with must not fill the time.
 */
const OF_A_CALLER = 1;

/**
 * Who goes on when many have something to do at once: one caller after the other, however many subscriptions each of them
 * has. So a caller of a thousand who never come to the end of what there is does not keep another one waiting for more than a
 * few events, nor what else there is to do.
 */
export class Turns {
  /** In the order in which callers are served; none waits where there is no entry. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** How many turns each caller had since the last look. */
  readonly #had = new Map<string, number>();
  #left = AT_ONCE;
  #isWound = false;
  #servedAtMs = performance.now();

  /** Resolves when it is a caller's turn, which is at once where nobody waits and little was done. */
  async take(caller: string): Promise<void> {
    this.#wind();
    if (this.#waiting.size === 0 && this.#has(caller)) return this.#note(caller);
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#waiting.get(caller);
    if (before === undefined) this.#waiting.set(caller, [resolve]);
    else before.push(resolve);
    await promise;
  }

  #has(caller: string): boolean {
    return this.#left > 0 && (this.#had.get(caller) ?? 0) < OF_A_CALLER;
  }

  #note(caller: string): void {
    this.#left -= 1;
    this.#had.set(caller, (this.#had.get(caller) ?? 0) + 1);
  }

  #wind(): void {
    if (this.#isWound) return;
    this.#isWound = true;
    setImmediate(() => this.#serve());
  }

  #serve(): void {
    this.#isWound = false;
    const atMs = performance.now();
    const roundMs = atMs - this.#servedAtMs;
    this.#servedAtMs = atMs;
    this.#had.clear();
    this.#left = Math.min(Math.max(AT_ONCE, Math.round(roundMs * PER_MS)), MOST_AT_ONCE);
    for (let round = 0; round < OF_A_CALLER; round += 1) this.#serveEach();
    if (this.#had.size > 0) this.#wind();
  }

  /** Each who waits once, as far as there are turns; who still waits then stands behind all others. */
  #serveEach(): void {
    for (const [caller, queue] of [...this.#waiting]) {
      if (!this.#has(caller)) return;
      this.#waiting.delete(caller);
      if (queue.length > 1) this.#waiting.set(caller, queue);
      this.#note(caller);
      queue.shift()?.();
    }
  }
}
