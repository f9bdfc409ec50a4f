/** Between two looks at everything else that there is to do. */
const AT_ONCE = 8;
const MOST_AT_ONCE = 32;
/** So many more are served when all else takes long, or there would be hardly any turns then. */
const PER_MS = 1;

/**
 * Who goes on when many have something to do at once: one caller after the other, however many subscriptions each of them
 * has. So a caller of a thousand who never come to the end of what there is does not keep another one waiting for more than a
 * few events, nor what else there is to do.
 */
export class Turns {
  /** In the order in which callers are served; none waits where there is no entry. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #left = AT_ONCE;
  #isWound = false;
  #servedAtMs = performance.now();

  /** Resolves when it is a caller's turn, which is at once where nobody waits and little was done. */
  async take(caller: string): Promise<void> {
    this.#wind();
    if (this.#left > 0 && this.#waiting.size === 0) {
      this.#left -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#waiting.get(caller);
    if (before === undefined) this.#waiting.set(caller, [resolve]);
    else before.push(resolve);
    await promise;
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
    const atOnce = Math.min(Math.max(AT_ONCE, Math.round(roundMs * PER_MS)), MOST_AT_ONCE);
    for (this.#left = atOnce; this.#left > 0 && this.#serveNext(); ) this.#left -= 1;
    if (this.#left < atOnce) this.#wind();
  }

  /** False when nobody waits. */
  #serveNext(): boolean {
    const [next] = this.#waiting;
    if (next === undefined) return false;
    const [caller, queue] = next;
    this.#waiting.delete(caller);
    if (queue.length > 1) this.#waiting.set(caller, queue);
    queue.shift()?.();
    return true;
  }
}
