import { setTimeout as delay } from 'node:timers/promises';

import type { LogInterest } from '#loaders/log-interest';
import type { LogFollower } from '#loaders/log-tail';
import { PositionLostError, type ReadTo } from '#store/changes/changes';
import { StoreUnavailableError } from '#store/database';

import type { GraphContext } from './context.ts';
import { LogEvent } from './log-event.ts';
import { rethrowToCaller } from './store-errors.ts';

/** Rows that one step reads ahead of the caller, at most. */
const ROWS_AT_ONCE = 100;

/** What one subscription wants of the log. */
export interface LogQuery<Found extends { readonly position: number }, Row> {
  /** One step, as far as the caller of the context sees it. */
  read(query: { after: number; limit: number }, context: GraphContext): Promise<ReadTo<Found>>;
  /** What is said of a row that was just read under this context; null: nothing. */
  give(found: Found, context: GraphContext): Promise<Row | null>;
  /** The same of one that was read before, which may be out of sight by now. */
  giveLater(found: Found, context: GraphContext): Promise<Row | null>;
  /** When to look again once all was read. */
  interest(context: GraphContext): LogInterest;
}

/** Names a step by all that it depends on but the caller: for reads of those who see all (shared-reads.ts). */
export function readKey(
  name: string,
  filter: object,
): (query: { readonly after: number; readonly limit: number }) => string {
  const of = JSON.stringify([name, filter]);
  return ({ after, limit }) => `${after} ${limit} ${of}`;
}

export interface TailTimes {
  /** The longest time without a word. */
  readonly heartbeatMs: number;
  /** How long to wait for a store that is away. */
  readonly retryMs: number;
}
export const TAIL_TIMES: TailTimes = { heartbeatMs: 15_000, retryMs: 1000 };

/**
 * The log from a cursor on, or from its end, without an end of its own: what is there, then what comes, in one loop. It
 * is pulled: nothing is read while nobody asks for the next event, and what was read is judged again when it is given.
 * The first event is the position that it begins at.
 *
 * @throws GraphQLError BAD_USER_INPUT, CURSOR_EXPIRED for a cursor that cannot be gone on from; STORE_UNAVAILABLE. Later
 * the events throw: CURSOR_EXPIRED, UnauthenticatedError. They end by themselves with the signal of the context.
 */
export async function tailLog<Found extends { readonly position: number }, Row>(
  query: LogQuery<Found, Row>,
  after: string | null | undefined,
  context: GraphContext,
  times: Partial<TailTimes> = {},
): Promise<AsyncGenerator<LogEvent<Row>, void>> {
  const position = await startOf(context.resumeAfter ?? after ?? null, context);
  return new LogStream(query, position, { context, times: { ...TAIL_TIMES, ...times } }).events();
}

/** Fixed, and known to be held, before anything is answered. */
async function startOf(cursor: string | null, { store, sight, logCursors }: GraphContext): Promise<number> {
  if (cursor === null) return await store.changes.head();
  const after = logCursors.open(cursor);
  await store.changes.readStatusChanges({ after, limit: 1, filter: { sources: [] } }, sight);
  return after;
}

class LogStream<Found extends { readonly position: number }, Row> {
  readonly #query: LogQuery<Found, Row>;
  readonly #times: TailTimes;
  readonly #signal: AbortSignal;
  /** Positions are of this one. */
  readonly #epoch: string;
  #context: GraphContext;
  #position: number;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    query: LogQuery<Found, Row>,
    position: number,
    { context, times }: { context: GraphContext; times: TailTimes },
  ) {
    this.#query = query;
    this.#position = position;
    this.#context = context;
    this.#epoch = context.store.changes.epoch;
    this.#signal = context.signal;
    this.#times = times;
  }

  /** Whatever a step did not come to is looked for by the next one, from behind the last row that was given. */
  async *events(): AsyncGenerator<LogEvent<Row>, void> {
    using follower = this.#context.logTail.follow();
    while (!this.#signal.aborted) {
      try {
        if (this.#quietForMs <= 0) yield this.#told(null, this.#position);
        yield* this.#step(follower);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) rethrowToCaller(error);
        await delay(this.#times.retryMs, undefined, { signal: this.#signal }).catch(() => undefined);
      }
    }
  }

  async *#step(follower: LogFollower): AsyncGenerator<LogEvent<Row>, void> {
    const interest = this.#query.interest(this.#context);
    const until = { waitMs: this.#quietForMs, signal: this.#signal };
    const { position, isMore } = await follower.next(this.#position, interest, until);
    this.#position = position;
    // Without an event too: who may not ask any more hears of it.
    this.#context = await this.#context.anew();
    this.#demandSameLog();
    if (!isMore) return;
    const query = { after: position, limit: ROWS_AT_ONCE };
    const { rows, reached } = await this.#query.read(query, this.#context);
    for (const [at, found] of rows.entries()) {
      const event = await (at === 0 ? this.#give(found) : this.#giveLater(found));
      if (this.#signal.aborted) return;
      if (event !== null) yield event;
      this.#position = found.position;
    }
    this.#position = reached;
  }

  async #give(found: Found): Promise<LogEvent<Row> | null> {
    const row = await this.#query.give(found, this.#context);
    return row === null ? null : this.#told({ row, found }, found.position);
  }

  async #giveLater(found: Found): Promise<LogEvent<Row> | null> {
    this.#context = await this.#context.anew();
    const row = await this.#query.giveLater(found, this.#context);
    return row === null ? null : this.#told({ row, found }, found.position);
  }

  /** Another epoch's positions are not these, and its cursors would say that they were. @throws PositionLostError */
  #demandSameLog(): void {
    const { epoch } = this.#context.store.changes;
    if (epoch !== this.#epoch) throw new PositionLostError('The log was put back.');
  }

  #told(given: { readonly row: Row; readonly found: Found } | null, position: number): LogEvent<Row> {
    this.#demandSameLog();
    this.#toldAtMs = performance.now();
    return new LogEvent({
      cursor: this.#context.logCursors.seal(position),
      row: given?.row ?? null,
      context: this.#context,
      again: async () => (given === null ? null : await this.#giveLater(given.found)),
    });
  }

  get #quietForMs(): number {
    return Math.max(this.#toldAtMs + this.#times.heartbeatMs - performance.now(), 0);
  }
}
