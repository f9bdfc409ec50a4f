import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { SandboxFault, SandboxRequest } from './sandbox.ts';

/** One answer of a simulator; `body` is sent as JSON, undefined as an empty body. */
export interface SandboxAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SandboxCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A call with what only a signature has to do with. */
export interface ReceivedCall extends SandboxCall {
  /** Path with query, byte for byte as sent. */
  readonly target: string;
  /** The body byte for byte as sent. */
  readonly bytes: Uint8Array;
}

/** A simulator may run for days: of more requests than these the older half is forgotten. */
const MAX_LOGGED = 20_000;

/** True for the path of a token endpoint: neither logged as a request for data nor hit by faults. */
type IsTokenCall = (url: URL) => boolean;

/** Serves a simulator over real HTTP on loopback, with its faults and its log of requests. */
export class SandboxServer {
  fault: SandboxFault = 'NONE';
  readonly requests: SandboxRequest[] = [];
  tokenRequests = 0;
  readonly #answer: (call: ReceivedCall) => SandboxAnswer;
  readonly #isTokenCall: IsTokenCall;
  readonly #server: Server;

  constructor(answer: (call: ReceivedCall) => SandboxAnswer, isTokenCall: IsTokenCall = () => false) {
    this.#answer = answer;
    this.#isTokenCall = isTokenCall;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on a free loopback port; returns the base URL without a trailing slash. */
  async start(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    await promise;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const { method = 'GET', url: target = '/', headers } = request;
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
    } catch {
      return;
    }
    const bytes = Buffer.concat(chunks);
    const call = { method, url, headers, body: bytes.toString('utf8'), target, bytes };
    if (this.#isTokenCall(url)) {
      this.tokenRequests += 1;
      return send(response, this.#answer(call));
    }
    this.requests.push({ method, url: target, headers });
    if (this.requests.length > MAX_LOGGED) this.requests.splice(0, MAX_LOGGED / 2);
    this.#misbehaveOrAnswer(call, response);
  }

  #misbehaveOrAnswer(call: ReceivedCall, response: ServerResponse): void {
    switch (this.fault) {
      case 'DOWN':
        response.destroy();
        return;
      case 'SLOW':
        return;
      case 'WRONG':
        send(response, { status: 200, body: ['not', { the: 'shape' }] });
        return;
      case 'HALF':
        return sendHalf(response, this.#answer(call));
      case 'UNAVAILABLE':
        return send(response, { status: 503, headers: { 'retry-after': '1' } });
      case 'LIMITED':
        return send(response, { status: 429, headers: { 'retry-after': '1' } });
      case 'NONE':
        return send(response, this.#answer(call));
    }
  }
}

function send(response: ServerResponse, answer: SandboxAnswer): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(text);
}

function sendHalf(response: ServerResponse, answer: SandboxAnswer): void {
  const text = JSON.stringify(answer.body ?? {});
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}
