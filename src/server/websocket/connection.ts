import type { IncomingMessage } from 'node:http';

import { type ExecutionResult, GraphQLError } from 'graphql';
import { MessageType, type SubscribePayload, stringifyMessage } from 'graphql-ws';
import type { GraphQLParams } from 'graphql-yoga';
import { isAsyncIterable } from 'graphql-yoga';
import type { WebSocket } from 'ws';

import type { Authenticate } from '#access/authenticate';
import type { Principal } from '#access/principal';
import type { Logger } from '#log';
import type { GraphQLHandler, Performed } from '#server/graphql-handler';
import type { Listeners } from '#server/subscriptions/listeners';
import type { OpenStream } from '#server/subscriptions/open-streams';
import type { CallerPlaces, Place } from '#server/subscriptions/places';
import { payloadOf } from '#server/subscriptions/result-payload';
import { closedForSlowness } from '#server/subscriptions/slow-reader';
import { whoAsks } from '#server/who-asks';

import { type Close, closeOf } from './close-codes.ts';
import { credentialsOf } from './credential.ts';
import { SocketOperation } from './operation.ts';
import { SocketSender } from './socket-sender.ts';

/** What connections share. */
export interface ConnectionDeps {
  readonly graphql: Pick<GraphQLHandler, 'perform'>;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly listeners: Listeners;
  /** Of connections themselves. */
  readonly connections: CallerPlaces;
}

/** One WebSocket: who it is, what it asked, and how it ends. */
export class Connection implements OpenStream {
  readonly #socket: WebSocket;
  readonly #request: IncomingMessage;
  readonly #deps: ConnectionDeps;
  readonly #sender: SocketSender;
  /** By what they were asked with: an id may be used again while its operation ends. */
  readonly #operations = new Map<SubscribePayload, SocketOperation>();
  #credentials: readonly string[] = [];
  #place: Place | null = null;
  #heardAtMs = performance.now();
  #isLeaving = false;

  constructor(socket: WebSocket, request: IncomingMessage, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#request = request;
    this.#deps = deps;
    this.#sender = new SocketSender(socket, deps.listeners.times.slowReaderMs, () => this.#closeSlow());
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  async send(text: string): Promise<void> {
    await this.#sender.send(text);
  }

  /** False when it may not stay; then it is closed, or the caller is to close it as forbidden. */
  async init(parameters?: Readonly<Record<string, unknown>>): Promise<boolean> {
    this.#credentials = credentialsOf(this.#request, parameters);
    const principal = await this.#whoAsks();
    if (principal === null || !this.#isOpen) return false;
    this.#place = this.#deps.connections.placeFor(principal);
    if (this.#place.take()) return true;
    this.close(closeOf.later);
    return false;
  }

  /** Who asks is looked at each time: keys are revoked, and tokens end, while a connection stays. */
  async #whoAsks(): Promise<Principal | null> {
    const { authenticate, log } = this.#deps;
    const { principal, refusal } = await whoAsks(this.#credentials, authenticate, log);
    if (refusal !== null) this.close(refusal.status === 401 ? closeOf.forbidden : closeOf.later);
    return principal;
  }

  /** What an operation came to; the errors alone when it was refused. */
  async perform(id: string, payload: SubscribePayload): Promise<Performed> {
    const principal = await this.#whoAsks();
    if (principal === null || !this.#isOpen)
      return refused('UNAUTHENTICATED', 'The credential does not hold any more.');
    const { places } = this.#deps.listeners;
    if (this.#operations.size >= places.most)
      return refused('RATE_LIMITED', `A connection has at most ${places.most} operations: end one first.`);
    const operation = new SocketOperation(id, places.placeFor(principal), (cursor, subscription) =>
      this.send(stringifyMessage({ type: MessageType.Ping, payload: { cursor, subscription } })),
    );
    this.#operations.set(payload, operation);
    const { place, signal } = operation;
    const result = await this.#deps.graphql.perform(paramsOf(payload), { principal, place, signal });
    return isAsyncIterable(result) ? operation.resultsOf(result, this.#deps.log) : result;
  }

  /** The operation is over, whoever ended it. */
  finish(payload: SubscribePayload): void {
    this.#operations.get(payload)?.end();
    this.#operations.delete(payload);
    if (this.#isLeaving) this.#leaveWhenAnswered();
  }

  /** Says that the process ends. What was asked already is answered first; subscriptions go on elsewhere. */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#leaveWhenAnswered();
  }

  #leaveWhenAnswered(): void {
    const isAnswered = [...this.#operations.values()].every(({ isSubscription }) => isSubscription);
    if (isAnswered) this.close(closeOf.restart);
  }

  close([code, reason]: Close): void {
    if (!this.#isOpen) return;
    this.#socket.close(code, reason);
    // Only now: what ends while the socket is open is told to the client as its end for good.
    this.#endAll();
    const { lastWordsMs, farewellMs } = this.#deps.listeners.times;
    const cut = setTimeout(() => this.#socket.terminate(), this.#isLeaving ? farewellMs : lastWordsMs);
    this.#socket.once('close', () => clearTimeout(cut));
  }

  /** The socket is closed. */
  closed(): void {
    this.#endAll();
    this.#place?.release();
  }

  heard(): void {
    this.#heardAtMs = performance.now();
  }

  /** Asks whether the client is still there; who was not heard of for long is not, or does not read. */
  ping(): void {
    const { slowReaderMs } = this.#deps.listeners.times;
    if (performance.now() - this.#heardAtMs > slowReaderMs) this.#closeSlow();
    else if (this.#socket.bufferedAmount === 0) this.#socket.ping();
  }

  #closeSlow(): void {
    if (!this.#isOpen) return;
    for (const { id, isSubscription, cursor } of this.#operations.values()) {
      if (!isSubscription) continue;
      const payload = payloadOf(closedForSlowness(cursor));
      this.#socket.send(stringifyMessage({ type: MessageType.Next, id, payload }));
    }
    this.close(closeOf.slow);
  }

  #endAll(): void {
    for (const operation of this.#operations.values()) operation.end();
  }
}

function paramsOf({ query, ...others }: SubscribePayload): GraphQLParams {
  // The protocol wants a text, also of who asks by the id of a persisted operation.
  return (query === '' ? others : { ...others, query }) as GraphQLParams;
}

function refused(code: string, message: string): ExecutionResult {
  return { errors: [new GraphQLError(message, { extensions: { code } })] };
}
