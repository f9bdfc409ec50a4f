import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request brought, read whole. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request in whatever way; `count` is 1 for the first. */
export type Script = (request: SeenRequest, response: ServerResponse, count: number) => void;

/** A loopback HTTP server that does what a test says, byte for byte. For tests alone. */
export class ScriptedServer {
  readonly seen: SeenRequest[] = [];
  readonly url: string;
  script: Script;
  readonly #server: ReturnType<typeof createServer>;

  constructor(server: ReturnType<typeof createServer>, script: Script) {
    this.#server = server;
    this.script = script;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(script: Script): Promise<ScriptedServer> {
    const server = createServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    return new ScriptedServer(server, script);
  }

  /** Stops listening and cuts every connection, as a server does that dies. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, url, headers, body });
    this.script(this.seen.at(-1) ?? { method, url, headers, body }, response, this.seen.length);
  }
}

/** Answers with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
