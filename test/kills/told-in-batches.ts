import { setTimeout as delay } from 'node:timers/promises';

import { pick } from '#sources/sandbox-seed';

import { deliver, signedBody } from '../harness/webhooks.ts';
import type { TellingSource, ToldState } from './telling-source.ts';

const EVENTS_AT_ONCE = 50;
const MOST_MOVES = 4;
const AGAIN_AFTER_MS = 20;
const PAUSE_MS = 10;

/** Tells a gateway of moves, shuffled and now and then twice, each again until it is answered 200. */
export class ToldInBatches {
  /** Every event that was answered 200, by its id. */
  readonly told = new Map<string, ToldState>();
  /** Answers other than 200 and 503, which says: come again. */
  readonly refusals: number[] = [];
  /** Deliveries that were cut, or put off. */
  again = 0;
  readonly #source: TellingSource;
  readonly #urlOf: () => Promise<string>;
  readonly #secret: string;
  readonly #random: () => number;
  readonly #mostWaiting: number;
  /** States that are told and were not heard yet. */
  readonly #waiting = new Set<string>();

  constructor(
    source: TellingSource,
    of: {
      readonly urlOf: () => Promise<string>;
      readonly secret: string;
      readonly random: () => number;
      /** States that are told and were not heard yet: more would only wait in the store. */
      readonly mostWaiting: number;
    },
  ) {
    this.#source = source;
    this.#urlOf = of.urlOf;
    this.#secret = of.secret;
    this.#random = of.random;
    this.#mostWaiting = of.mostWaiting;
  }

  /** True once every state that was told was heard. */
  get isHeard(): boolean {
    return this.#waiting.size === 0;
  }

  /** A subscriber was given this state. */
  hear(verificationId: string, state: string): void {
    this.#waiting.delete(`${verificationId} ${state}`);
  }

  /** Moves and tells until the signal; then until what was told is answered. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#waiting.size > this.#mostWaiting) await delay(PAUSE_MS);
      else await this.#tell(this.#batch());
    }
  }

  #batch(): readonly ToldState[] {
    const events: ToldState[] = [];
    while (events.length < EVENTS_AT_ONCE) {
      const check = pick(this.#source.checks, this.#random);
      for (let left = 1 + Math.floor(this.#random() * MOST_MOVES); left > 0; left -= 1) {
        const event = this.#source.move(check);
        if (event === null) throw new Error('Too few checks for so many changes.');
        events.push(event);
      }
    }
    for (const { check, state } of events) this.#waiting.add(`${check.verificationId} ${state}`);
    const again = [...this.told.values()].slice(-3 * EVENTS_AT_ONCE);
    const twice = again.length === 0 || this.#random() < 0.8 ? [] : [pick(again, this.#random)];
    return shuffled([...events, ...twice], this.#random);
  }

  async #tell(events: readonly ToldState[]): Promise<void> {
    const body = `{"payload":[${events.map(({ text }) => text).join()}]}`;
    for (;;) {
      const url = await this.#urlOf();
      const status = await deliver(url, 'upvest', signedBody(this.#secret, body)).catch(() => null);
      if (status === 200) break;
      if (status !== null && status !== 503) this.refusals.push(status);
      this.again += 1;
      await delay(AGAIN_AFTER_MS);
    }
    for (const event of events) this.told.set(event.id, event);
  }
}

function shuffled<Item>(items: Item[], random: () => number): readonly Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other] as Item, items[last] as Item];
  }
  return items;
}
