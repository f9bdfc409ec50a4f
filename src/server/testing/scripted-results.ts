import type { ExecutionResult } from 'graphql';

import { LOG_CURSOR } from '#graph/log-position';

/** The n-th result of a subscription, as long as wanted. */
export function tick(n: number, padding = ''): ExecutionResult {
  const result = { data: { tick: n, padding }, [LOG_CURSOR]: `c${n}` };
  return result;
}
/** Nothing but a position. */
export function beat(n: number): ExecutionResult {
  const heartbeat: object = { [LOG_CURSOR]: `c${n}` };
  return heartbeat;
}

/** Results as a test gives them, and what was asked of them. */
export class ScriptedResults implements AsyncIterable<ExecutionResult> {
  readonly #given: ExecutionResult[] = [];
  readonly returned = Promise.withResolvers<void>();
  #make: ((n: number) => ExecutionResult) | null = null;
  pulls = 0;
  #isOver = false;
  #wake: () => void = () => {};

  give(...results: readonly ExecutionResult[]): void {
    this.#given.push(...results);
    this.#wake();
  }

  /** From now on there is one whenever one is asked for. */
  flow(make: (n: number) => ExecutionResult): void {
    this.#make = make;
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** As a generator that waits: told to return it says nothing until what it waits for comes. */
  [Symbol.asyncIterator](): AsyncIterator<ExecutionResult> {
    return {
      next: async () => {
        this.pulls += 1;
        for (;;) {
          const result = this.#given.shift() ?? this.#make?.(this.pulls);
          if (result !== undefined) return { done: false, value: result };
          if (this.#isOver) return { done: true, value: undefined };
          const { promise, resolve } = Promise.withResolvers<void>();
          this.#wake = resolve;
          await promise;
        }
      },
      return: async () => {
        this.returned.resolve();
        return await new Promise<never>(() => {});
      },
    };
  }
}
