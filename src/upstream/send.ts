import type { Dispatcher } from 'undici';

import { SourceError } from './source-error.ts';

/** A whole answer of a source, not read yet. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the origin on, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** More than any page of any source: what is longer is no answer of theirs. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Sends one request over a bare dispatcher, without interceptors: nothing is cached, redirected or retried here. The
 * signal ends it at every stage, a body that only drips included; it then rejects with the signal's reason.
 * @throws SourceError SOURCE_UNREACHABLE when the connection cannot be made or is lost, also in the middle of the body.
 */
export function send(
  dispatcher: Dispatcher,
  request: WireRequest,
  signal: AbortSignal,
  maxBodyBytes: number = MAX_BODY_BYTES,
): Promise<Answer> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const collector = new Collector(resolve, reject, maxBodyBytes);
  const abort = () => collector.fail(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    dispatcher.dispatch({ ...request, headersTimeout: 0, bodyTimeout: 0 }, collector);
  } catch {
    reject(unreachable());
  }
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

/** Gathers one answer; the first end (answer, failure, abort) counts. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #maxBodyBytes: number;
  #controller: Dispatcher.DispatchController | null = null;
  #failed = false;
  #status = 0;
  #headers: Answer['headers'] = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(resolve: (answer: Answer) => void, reject: (reason: unknown) => void, maxBodyBytes: number) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Rejects at once and closes the connection; before there is one, as soon as it starts. */
  fail(reason: unknown): void {
    this.#failed = true;
    this.#chunks = [];
    this.#reject(reason);
    this.#controller?.abort(new Error('given up'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failed) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Answer['headers'],
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#failed) return;
    this.#bytes += chunk.byteLength;
    if (this.#bytes <= this.#maxBodyBytes) this.#chunks.push(chunk);
    else this.fail(new SourceError('SOURCE_BAD_PAYLOAD', 'The source answered with more than it may.'));
  }

  onResponseEnd(): void {
    const text = new TextDecoder().decode(Buffer.concat(this.#chunks));
    this.#resolve({ status: this.#status, headers: this.#headers, text });
  }

  /** What broke is not passed on: undici's messages name hosts and ports. */
  onResponseError(): void {
    this.#reject(unreachable());
  }
}

function unreachable(): SourceError {
  return new SourceError('SOURCE_UNREACHABLE', 'The connection to the source failed.');
}
