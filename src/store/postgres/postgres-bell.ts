import pg from 'pg';

import { type Bell, createBell } from '#store/bell';

import { connectionOptions } from './postgres-pool.ts';

const CHANNEL = 'kyc_gateway_log';
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;

/** How a connection is noticed to be lost that says nothing (a router that forgot it): silence is all that a listener hears. */
export interface BellPace {
  readonly checkEveryMs: number;
  readonly answerWithinMs: number;
}

const PACE: BellPace = { checkEveryMs: 5000, answerWithinMs: 3000 };

/**
 * A bell that the other gateways on this database hear too: NOTIFY without payload over one connection that listens and
 * tells, and that is made again when it is lost. What it fails to carry, readers learn when they look again.
 */
export class SharedBell implements Bell {
  /** Settles when the first connection stands or has failed; never rejects. Later ones are made behind the scenes. */
  readonly firstTried: Promise<void>;
  readonly #options: pg.ClientConfig;
  readonly #here = createBell();
  readonly #reconnected = createBell();
  #wasConnected = false;
  #client: pg.Client | null = null;
  #isListening = false;
  #retry: NodeJS.Timeout | null = null;
  #retryAfterMs = FIRST_RETRY_MS;
  #isClosed = false;
  readonly #checks: NodeJS.Timeout;
  /** Rings that come while one is being told are told together. */
  #telling: 'NOTHING' | 'ONE' | 'ONE_AND_MORE' = 'NOTHING';

  constructor(url: string, { checkEveryMs, answerWithinMs }: BellPace = PACE) {
    this.#options = {
      ...connectionOptions(url),
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    };
    this.#checks = setInterval(() => this.#check(), checkEveryMs).unref();
    this.firstTried = this.#connect();
  }

  listen(listener: () => void): () => void {
    return this.#here.listen(listener);
  }

  /** Called when the connection was lost and is made again. */
  onReconnect(listener: () => void): void {
    this.#reconnected.listen(listener);
  }

  ring(): void {
    this.#here.ring();
    if (this.#telling === 'NOTHING') this.#tell();
    else this.#telling = 'ONE_AND_MORE';
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#checks);
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#options);
    this.#client = client;
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    client.on('notification', ({ processId }) => {
      // Its own rings were heard here already.
      if (!('processID' in client) || processId !== client.processID) this.#here.ring();
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#isListening = true;
      this.#retryAfterMs = FIRST_RETRY_MS;
      // Something may have been told while nobody listened.
      this.#here.ring();
      if (this.#wasConnected) this.#reconnected.ring();
      this.#wasConnected = true;
    } catch {
      this.#lose(client);
    }
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#isListening = false;
    client.end().catch(() => {});
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.#connect(), this.#retryAfterMs).unref();
    this.#retryAfterMs = Math.min(this.#retryAfterMs * 2, LONGEST_RETRY_MS);
  }

  #tell(): void {
    this.#say(`notify ${CHANNEL}`);
  }

  /** What is told now proves as much. */
  #check(): void {
    if (this.#telling === 'NOTHING') this.#say('select 1');
  }

  /** One statement at a time. Whatever comes of it, the connection is good, or is made again. */
  #say(statement: string): void {
    const client = this.#client;
    if (client === null || !this.#isListening) return;
    this.#telling = 'ONE';
    const said = () => {
      const again = this.#telling === 'ONE_AND_MORE';
      this.#telling = 'NOTHING';
      if (again) this.#tell();
    };
    client
      .query(statement)
      .catch(() => this.#lose(client))
      .then(said, said);
  }
}
