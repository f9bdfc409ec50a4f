import type { ExecutionResult } from 'graphql';

import { isHeartbeat, LOG_CURSOR, logCursorOf } from '#graph/log-position';
import type { Logger } from '#log';
import type { Place } from '#server/subscriptions/places';
import { ResultFeed } from '#server/subscriptions/result-feed';

/** One operation of a WebSocket, from its first message until it is over. */
export class SocketOperation {
  readonly id: string;
  readonly place: Place;
  readonly #leave = new AbortController();
  readonly #ping: (cursor: string, id: string) => Promise<void>;
  #feed: ResultFeed | null = null;
  #cursor: string | null = null;

  constructor(id: string, place: Place, ping: (cursor: string, id: string) => Promise<void>) {
    this.id = id;
    this.place = place;
    this.#ping = ping;
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    return this.#leave.signal;
  }

  get isSubscription(): boolean {
    return this.#feed !== null;
  }

  /** The position of the last result that was sent; null before the first. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** Positions alone are no results: they go to the client as pings. */
  resultsOf(results: AsyncIterable<ExecutionResult>, log: Logger): AsyncIterableIterator<ExecutionResult> {
    const feed = new ResultFeed(results, this.#leave, log);
    this.#feed = feed;
    if (this.signal.aborted) feed.end();
    // No generator of our own: one that waits cannot be told to return.
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        for (;;) {
          const result = await feed.next();
          if (result === null) return { done: true, value: undefined };
          this.#cursor = logCursorOf(result) ?? this.#cursor;
          if (!isHeartbeat(result)) return { done: false, value: result };
          await this.#ping(result[LOG_CURSOR], this.id);
        }
      },
      return: async () => {
        this.end();
        return { done: true, value: undefined };
      },
    };
  }

  end(): void {
    this.place.release();
    this.#feed?.end();
    this.#leave.abort();
  }
}
