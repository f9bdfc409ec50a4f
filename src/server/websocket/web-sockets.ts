import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { GraphQLSchema } from 'graphql';
import { handleProtocols, type Server } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

import { requestScope } from '#server/request-scope';
import { CallerPlaces } from '#server/subscriptions/places';

import { closeOf } from './close-codes.ts';
import { Connection, type ConnectionDeps } from './connection.ts';
import { createProtocol } from './protocol.ts';

/** A message comes in few pieces: of the smallest ones many take far more room than their bytes. */
const MAX_FRAGMENTS = 64;
const MAX_BUFFERED_CHUNKS = 4096;
/** Connections that did not say yet who they are. Clients say so within a moment: of more, who waits longest is let go. */
const MAX_WAITING = 500;

export interface WebSocketOptions extends Omit<ConnectionDeps, 'connections'> {
  readonly schema: GraphQLSchema;
  readonly maxMessageBytes: number;
  /** As MAX_WAITING. */
  readonly maxWaiting?: number;
}

/** GraphQL over WebSocket. What asks to become one has passed the guards. */
export class WebSockets {
  readonly #deps: ConnectionDeps;
  readonly #server: WebSocketServer;
  readonly #protocol: Server<Connection>;
  readonly #maxWaiting: number;
  readonly #waiting = new Set<Connection>();
  readonly #open = new Map<Connection, WebSocket>();
  readonly #pinging: NodeJS.Timeout;

  constructor({ schema, maxMessageBytes, maxWaiting = MAX_WAITING, ...deps }: WebSocketOptions) {
    const { places, times } = deps.listeners;
    this.#deps = { ...deps, connections: new CallerPlaces(places.most) };
    this.#maxWaiting = maxWaiting;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_BUFFERED_CHUNKS,
      handleProtocols,
    });
    const onInit = (connection: Connection) => void this.#waiting.delete(connection);
    this.#protocol = createProtocol({ schema, initMs: times.initMs, onInit });
    this.#pinging = setInterval(() => this.#ping(), times.pingEveryMs).unref();
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#opened(webSocket, request));
  }

  /** Cuts what is left. */
  cut(): void {
    clearInterval(this.#pinging);
    for (const socket of this.#open.values()) socket.terminate();
  }

  #opened(socket: WebSocket, request: IncomingMessage): void {
    const connection = new Connection(socket, request, this.#deps);
    const { webSockets } = this.#deps.listeners;
    this.#waiting.add(connection);
    this.#open.set(connection, socket);
    // Such as a frame that is none: it is closed by ws with the code that says so.
    socket.on('error', () => {});
    socket.on('pong', () => connection.heard());
    const opened = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: async (text) => await connection.send(text),
        close: (code = closeOf.badMessage[0], reason = '') => connection.close([code, reason]),
        onMessage: (take) =>
          void socket.on('message', (data: Buffer, isBinary) =>
            this.#heard(connection, isBinary ? null : data, take),
          ),
      },
      connection,
    );
    socket.once('close', (code, reason) => {
      this.#waiting.delete(connection);
      this.#open.delete(connection);
      webSockets.remove(connection);
      connection.closed();
      opened(code, reason.toString()).catch((error: unknown) => this.#failed(error));
    });
    webSockets.add(connection);
    this.#makeRoom();
  }

  /** At once: nobody waits for the answer of who may be many. */
  #makeRoom(): void {
    for (const connection of this.#waiting) {
      if (this.#waiting.size <= this.#maxWaiting) return;
      this.#waiting.delete(connection);
      connection.close(closeOf.later);
      this.#open.get(connection)?.terminate();
    }
  }

  /** Each message is a request of its own, to the log. `data` is null for what is no text. */
  #heard(connection: Connection, data: Buffer | null, take: (text: string) => Promise<void>): void {
    if (connection.isLeaving) return;
    connection.heard();
    if (data === null) return connection.close(closeOf.badMessage);
    requestScope.run({ requestId: randomUUID() }, () => {
      take(data.toString('utf8')).catch((error: unknown) => {
        this.#failed(error);
        connection.close(closeOf.badMessage);
      });
    });
  }

  #failed(error: unknown): void {
    const requestId = requestScope.getStore()?.requestId ?? 'none';
    this.#deps.log.warn('A message of a WebSocket could not be taken.', { requestId, error });
  }

  #ping(): void {
    for (const connection of this.#open.keys()) connection.ping();
  }
}
