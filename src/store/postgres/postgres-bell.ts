import pg from 'pg';

import { type Bell, createBell } from '#store/bell';

import { connectionOptions } from './postgres-pool.ts';

const CHANNEL = 'kyc_gateway_log';
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/**
 * A bell that the other gateways on this database hear too: NOTIFY without payload over one connection that listens and
 * tells, and that is made again when it is lost. What it fails to carry, readers learn when they look again.
 */
export class SharedBell implements Bell {
  /** Settles when the first connection stands or has failed; never rejects. Later ones are made behind the scenes. */
  readonly firstTried: Promise<void>;
  readonly #url: string;
  readonly #here = createBell();
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryAfterMs = FIRST_RETRY_MS;
  #isClosed = false;
  /** Rings that come while one is being told are told together. */
  #telling: 'NOTHING' | 'ONE' | 'ONE_AND_MORE' = 'NOTHING';

  constructor(url: string) {
    this.#url = url;
    this.firstTried = this.#connect();
  }

  listen(listener: () => void): () => void {
    return this.#here.listen(listener);
  }

  ring(): void {
    this.#here.ring();
    if (this.#telling === 'NOTHING') this.#tell();
    else this.#telling = 'ONE_AND_MORE';
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(connectionOptions(this.#url));
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
      this.#retryAfterMs = FIRST_RETRY_MS;
      // Something may have been told while nobody listened.
      this.#here.ring();
    } catch {
      this.#lose(client);
    }
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    client.end().catch(() => {});
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => void this.#connect(), this.#retryAfterMs).unref();
    this.#retryAfterMs = Math.min(this.#retryAfterMs * 2, LONGEST_RETRY_MS);
  }

  #tell(): void {
    if (this.#client === null) return;
    this.#telling = 'ONE';
    const told = () => {
      const again = this.#telling === 'ONE_AND_MORE';
      this.#telling = 'NOTHING';
      if (again) this.#tell();
    };
    this.#client.query(`notify ${CHANNEL}`).then(told, told);
  }
}
