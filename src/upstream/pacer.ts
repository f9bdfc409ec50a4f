interface Waiter {
  readonly go: () => void;
  readonly isGone: () => boolean;
}

/** Lets calls through one after another, evenly spaced, at most so many in any second. Who gives up costs no turn. */
export class Pacer {
  readonly #intervalMs: number;
  readonly #queue: Waiter[] = [];
  #freeAtMs = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `ratePerS` null: no limit. */
  constructor(ratePerS: number | null) {
    this.#intervalMs = ratePerS === null ? 0 : 1000 / ratePerS;
  }

  /** Resolves when it is this call's turn; rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#intervalMs === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let gone = false;
      const giveUp = () => {
        gone = true;
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      const go = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      this.#queue.push({ go, isGone: () => gone });
      if (this.#timer === null) this.#serve();
    });
  }

  #serve(): void {
    this.#timer = null;
    while (this.#queue[0]?.isGone() === true) this.#queue.shift();
    if (this.#queue.length === 0) return;
    const waitMs = this.#freeAtMs - performance.now();
    if (waitMs <= 0) {
      this.#freeAtMs = performance.now() + this.#intervalMs;
      this.#queue.shift()?.go();
      this.#serve();
      return;
    }
    this.#timer = setTimeout(() => this.#serve(), Math.ceil(waitMs));
  }
}
