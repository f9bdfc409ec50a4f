import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ExecutionResult } from 'graphql';

import type { Principal } from '#access/principal';
import { scopes } from '#access/scope';
import { createCursors } from '#graph/cursors';
import { createLogCursors, type LogCursors } from '#graph/log-cursors';
import { isHeartbeat, logCursorOf } from '#graph/log-position';
import { createSchema } from '#graph/schema';
import { LogTail } from '#loaders/log-tail';
import { createGraphQLHandler, type GraphQLHandler } from '#server/graphql-handler';
import type { RateLimit } from '#server/rate-limit';
import { createListeners } from '#server/subscriptions/listeners';
import { openStore } from '#store/open-store';
import { createSealer } from '#store/sealing';
import type { Store } from '#store/store';

import { createContextFor } from '../../src/request-context.ts';
import { LogLines } from '../harness/bench.ts';

const SECRET = new Uint8Array(32).fill(7);
const SOURCES = [
  { id: 'ALPHA', description: 'The first.', kind: 'KYC_RECORD' },
  { id: 'BETA', description: 'The second.', kind: 'KYC_RECORD' },
] as const;

/** What a test puts between the gateway and its store. */
type Between = (store: Store) => Store;

/** A gateway without doors over a store without sources: what subscribers are given, and what is in their way. */
export class SubscriptionBench implements AsyncDisposable {
  readonly store: Store;
  readonly tail: LogTail;
  readonly logged = new LogLines();
  readonly cursors: LogCursors;
  readonly #folder: string;
  readonly #handler: GraphQLHandler;
  readonly #listeners = createListeners();
  readonly #subscribers: Subscriber[] = [];

  private constructor(store: Store, folder: string, options: { between?: Between; rateLimit?: RateLimit }) {
    this.store = store;
    this.#folder = folder;
    const seen = options.between?.(store) ?? store;
    const { log } = this.logged;
    const sealer = createSealer(SECRET, 'cursor');
    this.cursors = createLogCursors(sealer, store.changes);
    this.tail = new LogTail(seen, log, { pollMs: 20, paceMs: 1 });
    const deps = {
      store: seen,
      sources: [],
      descriptors: [],
      live: NOBODY_LIVE,
      readWaitMs: 0,
      policy: 'strict',
      nextSyncAt: () => null,
    } as const;
    const contextFor = createContextFor({
      deps,
      actions: {} as never,
      cursors: createCursors(sealer),
      logCursors: this.cursors,
      logTail: this.tail,
      log,
    });
    const { rateLimit = null } = options;
    const schema = createSchema(SOURCES as never);
    this.#handler = createGraphQLHandler({ schema, contextFor, log, rateLimit }, this.#listeners);
  }

  static async open(options: { between?: Between; rateLimit?: RateLimit } = {}): Promise<SubscriptionBench> {
    const folder = mkdtempSync(join(tmpdir(), 'kyc-subscriptions-'));
    const store = await openStore(folder, { policy: 'strict', secretKey: SECRET, sandbox: false });
    return new SubscriptionBench(store, folder, options);
  }

  /** Asks as a caller does; a subscription gives its results, anything else one. */
  async ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
    const place = this.#listeners.places.placeFor(principal);
    const stop = new AbortController();
    const performed = await this.#handler.perform(
      { query, variables },
      { principal, place, signal: stop.signal },
    );
    return { performed, stop };
  }

  /** @throws Error with the codes of a refusal */
  async subscribe(
    principal: Principal,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Subscriber> {
    const { performed, stop } = await this.ask(principal, `subscription ${query}`, variables);
    if (!(Symbol.asyncIterator in performed)) throw new Error(`Refused: ${codesOf(performed).join(' ')}`);
    const subscriber = new Subscriber(performed, stop);
    this.#subscribers.push(subscriber);
    return subscriber;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#subscribers.map((subscriber) => subscriber.leave()));
    await this.#handler.dispose();
    await this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const NOBODY_LIVE = new Proxy({} as never, {
  get() {
    throw new Error('No source is asked by what comes of the log.');
  },
});

/** A result, or a position alone: then it has neither data nor errors. */
export interface Told {
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  readonly codes: readonly unknown[];
  readonly cursor: string | null;
  readonly isPosition: boolean;
}

function toldOf(result: ExecutionResult): Told {
  const data = (result.data ?? null) as Told['data'];
  return { data, codes: codesOf(result), cursor: logCursorOf(result), isPosition: isHeartbeat(result) };
}

/** One who subscribed, and takes what comes when a test says so. */
export class Subscriber {
  readonly #results: AsyncIterator<ExecutionResult>;
  readonly #stop: AbortController;

  constructor(results: AsyncIterable<ExecutionResult>, stop: AbortController) {
    this.#results = results[Symbol.asyncIterator]();
    this.#stop = stop;
  }

  /** The next that comes, a position alone too; null at the end. */
  async word(): Promise<Told | null> {
    const { value, done } = await this.#results.next();
    return done === true ? null : toldOf(value);
  }

  /** The next that is a result; null at the end. */
  async next(): Promise<Told | null> {
    for (;;) {
      const { value, done } = await this.#results.next();
      if (done === true) return null;
      if (!isHeartbeat(value)) return toldOf(value);
    }
  }

  /** The event of the next result. @throws Error where that tells of none */
  async event(): Promise<Readonly<Record<string, unknown>>> {
    const told = await this.next();
    const [event] = Object.values(told?.data ?? {});
    if (event === undefined) throw new Error(`No event: ${JSON.stringify(told)}`);
    return event;
  }

  async events(count: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const events = [];
    while (events.length < count) events.push(await this.event());
    return events;
  }

  /** Without a word. */
  vanish(): void {
    this.#stop.abort();
  }

  async leave(): Promise<void> {
    await this.#results.return?.();
  }
}

export function codesOf({ errors = [] }: ExecutionResult): readonly unknown[] {
  return errors.map(({ extensions }) => extensions['code']);
}

export const operator: Principal = { kind: 'OPERATOR', subject: 'o', scopes, userId: null, expiresAt: null };
export const analyst: Principal = { ...operator, kind: 'ANALYST', subject: 'a' };
export const partner: Principal = { ...operator, kind: 'PARTNER', subject: 'p' };

export function endUser(userId: string | null): Principal {
  return { ...operator, kind: 'END_USER', subject: `user ${userId}`, userId };
}
