import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

import type { WorldState } from './world-state.ts';

interface Period {
  readonly state: WorldState;
  /** It may have held from here on: when what brought it was sent. */
  readonly fromMs: number;
  /** It may have been what something was judged by that was heard behind something heard by then. */
  untilMs: number;
}

/** All states that the world was in, each with the moments at which it may have held. */
export class History {
  readonly #periods: Period[];

  constructor(state: WorldState) {
    this.#periods = [{ state, fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }];
  }

  get present(): WorldState {
    const last = this.#periods.at(-1);
    if (last === undefined) throw new TypeError('There is always a present.');
    return last.state;
  }

  get length(): number {
    return this.#periods.length;
  }

  /**
   * Sends what changes the world. From when it was answered, and all was heard that had been written by then, nothing may
   * be judged by the state before: gateway and listeners share a loop, and what one of them writes is heard by the other
   * within a turn of it.
   * @param send gives the state that follows
   */
  async move(send: () => Promise<WorldState>): Promise<void> {
    const before = this.#periods.at(-1);
    const sentMs = performance.now();
    const state = await send();
    for (let turns = 0; turns < 3; turns += 1) await turnOfTheLoop();
    if (before !== undefined) before.untilMs = performance.now();
    this.#periods.push({ state, fromMs: sentMs, untilMs: Number.POSITIVE_INFINITY });
  }

  /** By which something may have been judged after one moment and before another. */
  between(afterMs: number, beforeMs: number): readonly WorldState[] {
    return this.#periods
      .filter(({ fromMs, untilMs }) => fromMs <= beforeMs && untilMs >= afterMs)
      .map(({ state }) => state);
  }
}
