import { StoreUnavailableError } from '#store/database';
import { LeaseLostError } from '#store/leases/leases';
import type { Store } from '#store/store';

import { type CoveringRead, learnTogether, type Occasion } from './learn.ts';

/** So many reads that the store would not take, each by itself, are a matter of the store. */
const MANY_FAILURES = 8;

/**
 * Takes reads into the store while others are still being made: what comes while one transaction is under way goes
 * into the next, all of it. So none waits for a slow neighbour, and many cost little more than one. A read that the
 * store does not take keeps none of the others out.
 */
export class GatheredReads {
  readonly #store: Store;
  readonly #occasion: Occasion;
  #waiting: CoveringRead[] = [];
  #writing: Promise<void> | null = null;
  readonly #failures: unknown[] = [];

  constructor(store: Store, occasion: Occasion) {
    this.#store = store;
    this.#occasion = occasion;
  }

  /** True when the store takes nothing any more: what is asked of the source now would be asked for nothing. */
  get isGivenUp(): boolean {
    const isAway = this.#failures.some(isOfTheStore);
    return isAway || this.#failures.length >= MANY_FAILURES;
  }

  /** Returns at once; `settled` tells how it went. */
  add(read: CoveringRead): void {
    this.#waiting.push(read);
    this.#writing ??= this.#write();
  }

  /** Waits until all that was added is in the store. @throws what the store threw first */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) await this.#keep(this.#waiting.splice(0));
    this.#writing = null;
  }

  /** All together or, where the store does not take that, in halves, until those are found that it does not take. */
  async #keep(reads: readonly CoveringRead[]): Promise<void> {
    if (this.isGivenUp) return;
    try {
      await learnTogether(this.#store, { ...this.#occasion, reads });
    } catch (error) {
      if (reads.length === 1 || isOfTheStore(error)) {
        this.#failures.push(error);
        return;
      }
      const middle = Math.ceil(reads.length / 2);
      await this.#keep(reads.slice(0, middle));
      await this.#keep(reads.slice(middle));
    }
  }
}

/** It takes none of the others either. */
function isOfTheStore(failure: unknown): boolean {
  return failure instanceof StoreUnavailableError || failure instanceof LeaseLostError;
}
