/** Callers who are served between two looks at everything else that there is to do. */
const AT_ONCE = 8;
const MOST_AT_ONCE = 32;
/** So many more are served when all else takes long, or there would be hardly any turns then. */
const PER_MS = 1;

/**
 * Who goes on when many have something to do at once: one caller after the other, however many subscriptions each of them
 * has, and each once between two looks. So a caller of a thousand who never come to the end of what there is does not keep
 * another one waiting for more than a few events, nor what else there is to do. Once alone, since one subscription gives one
 * event between two looks (it waits until that has left): the longer a look takes, the later is whoever keeps up.
 */
export class Turns {
  /** In the order in which callers are served; none waits where there is no entry. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** Since the last look. */
  readonly #served = new Set<string>();
  #most = AT_ONCE;
  #isWound = false;
  #servedAtMs = performance.now();

  /** Resolves when it is a caller's turn, which is at once where nobody waits and little was done. */
  async take(caller: string): Promise<void> {
    this.#wind();
    const mayGoOn = this.#waiting.size === 0 && this.#served.size < this.#most && !this.#served.has(caller);
    if (mayGoOn) return void this.#served.add(caller);
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
    this.#served.clear();
    this.#most = Math.min(Math.max(AT_ONCE, Math.round(roundMs * PER_MS)), MOST_AT_ONCE);
    for (const caller of Array.from(this.#waiting.keys()).slice(0, this.#most)) this.#serveOne(caller);
    if (this.#served.size > 0) this.#wind();
  }

  /** Who of a caller still waits then stands behind all others. */
  #serveOne(caller: string): void {
    const queue = this.#waiting.get(caller) ?? [];
    this.#waiting.delete(caller);
    if (queue.length > 1) this.#waiting.set(caller, queue);
    this.#served.add(caller);
    queue.shift()?.();
  }
}
