import type { ServerResponse } from 'node:http';

import type { ExecutionResult } from 'graphql';

import { logCursorOf } from '#graph/log-position';

import { COMPLETE_TEXT, eventText, retryText } from './event-text.ts';
import type { OpenStream, OpenStreams } from './open-streams.ts';
import type { ResultFeed } from './result-feed.ts';
import { closedForSlowness, type ListenerTimes } from './slow-reader.ts';

/** When a browser comes again after it was cut off: apart, where many were cut off at once. */
const LEAST_RETRY_MS = 1000;
const RETRY_WITHIN_MS = 4000;
/** A client that hears the end in one breath with the last event may take it for no end at all (graphql-sse 2.6). */
const BREATH_MS = 50;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Or a proxy keeps the events until it has enough of them.
  'x-accel-buffering': 'no',
};

type Ending = 'GONE' | 'SLOW' | 'LEAVING';

/** Results as server-sent events: each one is asked for when the one before has left the process. */
export class EventStream implements OpenStream {
  readonly #response: ServerResponse;
  readonly #feed: ResultFeed;
  readonly #times: ListenerTimes;
  readonly #closed: Promise<void>;
  #ending: Ending | null = null;
  #cursor: string | null = null;
  /** Ends the wait for what is being sent. */
  #sent: () => void = () => {};

  constructor(response: ServerResponse, feed: ResultFeed, times: ListenerTimes) {
    this.#response = response;
    this.#feed = feed;
    this.#times = times;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = promise;
    response.once('close', () => {
      this.#end('GONE');
      resolve();
    });
  }

  /** Resolves when the response is closed, whoever closed it. */
  async serve(streams: OpenStreams): Promise<void> {
    if (this.#response.socket === null) return this.#refuse();
    this.#response.writeHead(200, HEADERS);
    streams.add(this);
    try {
      await this.#send(retryText(retryMs()));
      for (;;) {
        const result = this.#ending === null ? await this.#feed.next() : null;
        if (result === null) break;
        await this.#sendResult(result);
      }
      await this.#sayLast();
      await this.#closed;
    } finally {
      this.#feed.end();
      streams.remove(this);
    }
  }

  leave(): void {
    this.#end('LEAVING');
  }

  /** Behind another answer of its connection: nobody would say that the client is gone before its turn. */
  #refuse(): void {
    this.#end('GONE');
    this.#response.destroy();
  }

  async #sendResult(result: ExecutionResult): Promise<void> {
    this.#cursor = logCursorOf(result) ?? this.#cursor;
    await this.#send(eventText(result));
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#feed.end();
    this.#sent();
  }

  /** Waits until it has left the process, or there is no more reason to wait. */
  async #send(text: string): Promise<void> {
    if (this.#ending !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sent = resolve;
    const timer = setTimeout(() => this.#end('SLOW'), this.#times.slowReaderMs);
    this.#response.write(text, () => resolve());
    await promise;
    clearTimeout(timer);
  }

  /** Behind what may still be on its way. Who does not take it is cut off. */
  async #sayLast(): Promise<void> {
    if (this.#ending === 'GONE') return;
    const end = () => void this.#response.end();
    if (this.#ending === null) this.#response.end(COMPLETE_TEXT);
    else this.#response.write(this.#lastWords(), () => setTimeout(end, BREATH_MS));
    const { lastWordsMs, farewellMs } = this.#times;
    const cutAfterMs = this.#ending === 'LEAVING' ? farewellMs : lastWordsMs;
    const cut = setTimeout(() => this.#response.destroy(), cutAfterMs);
    await this.#closed;
    clearTimeout(cut);
  }

  #lastWords(): string {
    const retry = retryText(retryMs());
    return this.#ending === 'SLOW' ? `${eventText(closedForSlowness(this.#cursor))}${retry}` : retry;
  }
}

function retryMs(): number {
  return LEAST_RETRY_MS + Math.random() * RETRY_WITHIN_MS;
}
