import { setTimeout as delay } from 'node:timers/promises';

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { type GivenChange, Heard } from './heard.ts';

const AGAIN_AFTER_MS = 20;
/** The end of an event of a stream. */
const BLANK = '\n\n';

export interface SubscriberPlan {
  readonly name: string;
  readonly by: 'SSE' | 'WEBSOCKET';
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Now and then it resumes from an older cursor than its last. */
  readonly goesBack?: boolean;
}

interface Result {
  readonly data?: { readonly changed?: GivenChange | null } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: { readonly cursor?: string };
}

/** Follows a gateway that is killed again and again, and takes up each time where it was. */
export class Subscriber implements AsyncDisposable {
  readonly plan: SubscriberPlan;
  readonly heard: Heard;
  readonly #urlOf: () => Promise<string>;
  readonly #random: () => number;
  readonly #credentials: Readonly<Record<string, string>>;
  readonly #onChange: (change: GivenChange) => void;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    plan: SubscriberPlan,
    of: {
      readonly after: string;
      readonly urlOf: () => Promise<string>;
      readonly random: () => number;
      /** The Authorization header; absent at an open gateway. */
      readonly authorization?: string;
      readonly onChange?: (change: GivenChange) => void;
    },
  ) {
    this.plan = plan;
    this.heard = new Heard(of.after);
    this.#urlOf = of.urlOf;
    this.#random = of.random;
    const { authorization } = of;
    this.#credentials = authorization === undefined ? {} : { authorization };
    this.#onChange = of.onChange ?? (() => {});
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const url = await this.#urlOf();
      if (signal.aborted) return;
      if (this.plan.goesBack === true && this.#random() < 0.5) this.heard.goBack(this.#random());
      const { cursor } = this.heard;
      const connection = this.plan.by === 'SSE' ? this.#listen(url, cursor) : this.#connect(url, cursor);
      await connection.catch(() => undefined);
      await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One connection: until it is cut. */
  async #listen(url: string, after: string): Promise<void> {
    const byHeader = this.#random() < 0.5;
    const variables = { ...this.plan.variables, after: byHeader ? null : after };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...this.#credentials,
        ...(byHeader ? { 'last-event-id': after } : {}),
      },
      body: JSON.stringify({ query: this.plan.query, variables }),
      signal: this.#closing.signal,
    });
    this.heard.connections += 1;
    if (response.status !== 200) this.heard.faults.push(`refused with ${response.status}`);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      const events = (text + decoder.decode(chunk, { stream: true })).split(BLANK);
      text = events.pop() ?? '';
      for (const event of events) this.#read(event);
    }
  }

  #read(event: string): void {
    let id: string | null = null;
    let data: string | null = null;
    for (const line of event.split('\n')) {
      if (line.startsWith('id: ')) id = line.slice(4);
      else if (line.startsWith('data: ')) data = line.slice(6);
      else if (line === 'event: complete') this.heard.faults.push('told that this was all');
    }
    if (data !== null && data !== '') this.#take(JSON.parse(data) as Result);
    else if (id !== null) this.heard.reach(id);
  }

  async #connect(url: string, after: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: this.#credentials,
      retryAttempts: 0,
      on: { connected: () => void (this.heard.connections += 1) },
    });
    const { query, variables } = this.plan;
    client.subscribe(
      { query, variables: { ...variables, after } },
      {
        next: (result) => this.#take(result as Result),
        error: (error) => {
          // What is no list of errors is a connection that was cut.
          if (Array.isArray(error)) this.heard.faults.push('refused');
          resolve();
        },
        complete: () => {
          if (!this.#closing.signal.aborted) this.heard.faults.push('told that this was all');
          resolve();
        },
      },
    );
    this.#closing.signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    await client.dispose();
  }

  #take({ data, errors, extensions }: Result): void {
    const change = data?.changed;
    const cursor = extensions?.cursor;
    for (const error of errors ?? []) this.heard.faults.push(`told ${error.extensions?.code ?? 'an error'}`);
    if (change == null || cursor === undefined) return;
    this.heard.hear(change, cursor);
    this.#onChange(change);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }
}
