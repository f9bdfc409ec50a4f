import { bulkhead } from 'cockatiel';
import { Pool } from 'undici';

import type { SourceId } from '#kyc/source-id';

import { readAnswer } from './answer.ts';
import type { Authorizer } from './authorizer.ts';
import { BREAKER_DEFAULTS, Breaker, type BreakerOptions } from './breaker.ts';
import { Deadline, orAborted } from './deadline.ts';
import { Pacer } from './pacer.ts';
import type { Upstream, UpstreamCall } from './request.ts';
import { retryWithin } from './retry.ts';
import { type Answer, send } from './send.ts';
import type { RequestSigner } from './sign-request.ts';
import { SourceError } from './source-error.ts';
import { wireRequest } from './wire-request.ts';
import { withoutCredential } from './without-credential.ts';

export interface UpstreamOptions {
  readonly source: SourceId;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The whole deadline of one call, retries included. */
  readonly timeoutMs: number;
  /** Calls in flight at most. */
  readonly concurrency: number;
  /** BACKGROUND calls per second at most; null: no limit. */
  readonly ratePerS: number | null;
  readonly authorizer: Authorizer;
  /** Signs each sending of a call, retries too, when all its headers are known. Undefined: unsigned. */
  readonly sign?: RequestSigner | undefined;
  readonly breaker?: BreakerOptions;
}

/** BACKGROUND calls get at most this share of the places. */
const BACKGROUND_SHARE = 0.5;

/**
 * The one way out to one source. A READ call's deadline runs from the start; a BACKGROUND call first waits for its turn,
 * as long as that takes, and has its whole deadline then.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  return new PooledUpstream(options);
}

class PooledUpstream implements Upstream {
  readonly #options: UpstreamOptions;
  readonly #basePath: string;
  readonly #pool: Pool;
  readonly #breaker: Breaker;
  readonly #pacer: Pacer;
  readonly #places;
  readonly #backgroundPlaces;
  readonly #closing = new AbortController();

  constructor(options: UpstreamOptions) {
    const { origin, pathname } = new URL(options.baseUrl);
    const { concurrency, timeoutMs } = options;
    this.#options = options;
    this.#basePath = pathname.replace(/\/+$/, '');
    this.#pool = new Pool(origin, { connections: concurrency, connect: { timeout: timeoutMs } });
    this.#breaker = new Breaker(options.breaker ?? BREAKER_DEFAULTS);
    this.#pacer = new Pacer(options.ratePerS);
    this.#places = bulkhead(concurrency, Number.POSITIVE_INFINITY);
    this.#backgroundPlaces = bulkhead(
      Math.max(1, Math.floor(concurrency * BACKGROUND_SHARE)),
      Number.POSITIVE_INFINITY,
    );
  }

  async request<Body>(call: UpstreamCall<Body>): Promise<Body> {
    if (call.pace === 'READ') return this.#withinDeadline(call);
    const turn = new Deadline(null, [call.signal, this.#closing.signal]);
    const answer = this.#backgroundPlaces.execute(async () => {
      await this.#pacer.take(turn.signal);
      return this.#withinDeadline(call);
    }, turn.signal);
    return orAborted(answer, turn.signal).finally(() => turn.end());
  }

  async close(): Promise<void> {
    this.#closing.abort(new SourceError('SOURCE_UNREACHABLE', 'The gateway is closing.'));
    await this.#pool.destroy();
  }

  async #withinDeadline<Body>(call: UpstreamCall<Body>): Promise<Body> {
    const deadline = new Deadline(this.#options.timeoutMs, [call.signal, this.#closing.signal]);
    const retries = retryWithin({
      remainingMs: () => deadline.remainingMs,
      mayRetry: () => call.method === 'GET' && !this.#breaker.isOpen,
    });
    // While it pauses before another attempt, what the last one failed by is all there is to tell.
    let failure: SourceError | null = null;
    retries.onFailure(({ reason }) => {
      failure = 'error' in reason && reason.error instanceof SourceError ? reason.error : null;
    });
    const attempts = retries.execute(({ attempt }) => {
      failure = null;
      return this.#attempt(call, deadline, attempt);
    }, deadline.signal);
    return orAborted(attempts, deadline.signal)
      .catch((error: unknown) => {
        throw failure === null || deadline.isGivenUp ? error : failure;
      })
      .finally(() => deadline.end());
  }

  /** One attempt in a place of its own. While the circuit is open nobody queues for one. */
  async #attempt<Body>(call: UpstreamCall<Body>, deadline: Deadline, attempt: number): Promise<Body> {
    const { signal } = deadline;
    signal.throwIfAborted();
    if (this.#breaker.isOpen) throw this.#breaker.refusal();
    if (call.pace === 'BACKGROUND' && attempt > 0) await this.#pacer.take(signal);
    return this.#places.execute(
      () => this.#breaker.execute(() => this.#answer(call, deadline), signal),
      signal,
    );
  }

  /**
   * What the circuit counts. A call that its caller ended says nothing of the source; a probe is therefore seen to its
   * end, whoever gave up on it.
   */
  async #answer<Body>(call: UpstreamCall<Body>, deadline: Deadline): Promise<Body> {
    if (this.#breaker.isProbing) {
      const probe = new Deadline(deadline.remainingMs, [this.#closing.signal]);
      return this.#exchange(call, probe.signal).finally(() => probe.end());
    }
    try {
      return await this.#exchange(call, deadline.signal);
    } catch (error) {
      throw deadline.isGivenUp ? new Error('The caller gave up.') : error;
    }
  }

  /** Sends the call; when its credential is refused (401), once more with a new one where there is one to get. */
  async #exchange<Body>(call: UpstreamCall<Body>, signal: AbortSignal): Promise<Body> {
    const { authorizer } = this.#options;
    const credential = await authorizer.headers(signal);
    const answer = await this.#send(call, credential, signal);
    const isRefused = answer.status === 401 && authorizer.renew(credential);
    const last = isRefused ? await this.#send(call, await authorizer.headers(signal), signal) : answer;
    return readAnswer(last, call.schema);
  }

  async #send(
    call: UpstreamCall<unknown>,
    credential: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { sign } = this.#options;
    const request = wireRequest(call, this.#basePath, credential);
    const answer = await send(this.#pool, sign === undefined ? request : await sign(request), signal);
    return withoutCredential(answer, {
      ...call.credential,
      authorization: credential['authorization'] ?? '',
    });
  }
}
