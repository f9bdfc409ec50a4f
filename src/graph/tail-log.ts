import { setTimeout as delay } from 'node:timers/promises';

import type { Principal } from '#access/principal';
import type { LogInterest } from '#loaders/log-interest';
import type { LogFollower } from '#loaders/log-tail';
import { PositionLostError, type ReadTo } from '#store/changes/changes';
import { StoreUnavailableError } from '#store/database';

import type { GraphContext } from './context.ts';
import { LogEvent } from './log-event.ts';
import { rethrowToCaller } from './store-errors.ts';

/** Rows that one step reads ahead of the caller, at most: so many stand in memory while a caller does not read. */
const ROWS_AT_ONCE = 25;

/** What one subscription wants of the log. */
export interface LogQuery<Found extends { readonly position: number }, Row> {
  /** One step, as far as the caller of the context sees it. */
  read(query: { after: number; limit: number }, context: GraphContext): Promise<ReadTo<Found>>;
  /** What is said of a row that was just read under this context; null: nothing. */
  give(found: Found, context: GraphContext): Promise<Row | null>;
  /** The same of one that was read before, which may be out of sight by now. */
  giveLater(found: Found, context: GraphContext): Promise<Row | null>;
  /** When to look again once all was read. */
  interest(caller: Principal): LogInterest;
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
  const { epoch } = context.store.changes;
  const position = await startOf(context.resumeAfter ?? after ?? null, context);
  const all = { ...TAIL_TIMES, ...times };
  return new LogStream({ query, context, epoch, times: all }, position).events();
}

/** Fixed, and known to be held, before anything is answered. */
async function startOf(cursor: string | null, { store, sight, logCursors }: GraphContext): Promise<number> {
  if (cursor === null) return await store.changes.head();
  const after = logCursors.open(cursor);
  await store.changes.readStatusChanges({ after, limit: 1, filter: { sources: [] } }, sight);
  return after;
}

interface LogStreamParts<Found extends { readonly position: number }, Row> {
  readonly query: LogQuery<Found, Row>;
  /** Of the beginning. Nothing is read by it, so that nothing that was read stands in memory between two events. */
  readonly context: GraphContext;
  /** Of the log that positions are of. */
  readonly epoch: string;
  readonly times: TailTimes;
}

class LogStream<Found extends { readonly position: number }, Row> {
  readonly #parts: LogStreamParts<Found, Row>;
  #caller: Principal;
  #position: number;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LogStreamParts<Found, Row>, position: number) {
    this.#parts = parts;
    this.#caller = parts.context.principal;
    this.#position = position;
  }

  /** Whatever a step did not come to is looked for by the next one, from behind the last row that was given. */
  async *events(): AsyncGenerator<LogEvent<Row>, void> {
    const { context, times } = this.#parts;
    const { signal } = context;
    using follower = context.logTail.follow();
    while (!signal.aborted) {
      try {
        if (this.#quietForMs <= 0) yield this.#told(null, this.#position, context);
        yield* this.#step(follower);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) rethrowToCaller(error);
        await delay(times.retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async *#step(follower: LogFollower): AsyncGenerator<LogEvent<Row>, void> {
    const { query, context } = this.#parts;
    const { signal } = context;
    const { userId } = this.#caller;
    const interest = query.interest(this.#caller);
    const ahead = await follower.next(this.#position, interest, { waitMs: this.#quietForMs, signal });
    await this.#turn();
    // Without an event too: who may not ask any more hears of it.
    const now = await this.#anew();
    // Who became another one was waited for as who they were.
    const isOther = this.#caller.userId !== userId;
    if (!isOther) this.#position = ahead.position;
    if (!isOther && !ahead.isMore) return;
    const { rows, reached, as } = await this.#read(now);
    for (const [at, found] of rows.entries()) {
      const event = at === 0 ? await this.#give(found, as) : await this.#giveLater(found);
      if (signal.aborted) return;
      if (event !== null) yield event;
      this.#position = found.position;
    }
    this.#position = reached;
  }

  async #give(found: Found, now: GraphContext): Promise<LogEvent<Row> | null> {
    const row = await this.#parts.query.give(found, now);
    return row === null ? null : this.#told({ row, found }, found.position, now);
  }

  /** Behind the others who have something to read; what is seen is judged only then. */
  async #turn(): Promise<void> {
    const { kind, subject } = this.#caller;
    await this.#parts.context.logTail.turns.take(`${kind} ${subject}`);
  }

  async #giveLater(found: Found): Promise<LogEvent<Row> | null> {
    await this.#turn();
    const now = await this.#anew();
    const row = await this.#parts.query.giveLater(found, now);
    if (row !== null) return this.#told({ row, found }, found.position, now);
    return (await this.#otherSince(now)) === null ? null : await this.#giveLater(found);
  }

  /** A step from the position, and as who it was read: again for an end user who became another one meanwhile. */
  async #read(now: GraphContext): Promise<ReadTo<Found> & { readonly as: GraphContext }> {
    const step = await this.#parts.query.read({ after: this.#position, limit: ROWS_AT_ONCE }, now);
    const other = await this.#otherSince(now);
    return other === null ? { ...step, as: now } : await this.#read(other);
  }

  /** An end user who was merged or linked since then, by a look of now; null: who asks is the same. */
  async #otherSince({ principal: { kind, userId } }: GraphContext): Promise<GraphContext | null> {
    if (kind !== 'END_USER') return null;
    const now = await this.#anew();
    return now.principal.userId === userId ? null : now;
  }

  async #anew(): Promise<GraphContext> {
    const now = await this.#parts.context.anew();
    this.#caller = now.principal;
    return now;
  }

  #told(
    given: { readonly row: Row; readonly found: Found } | null,
    position: number,
    context: GraphContext,
  ): LogEvent<Row> {
    // Another epoch's positions are not these, and its cursors would say that they were.
    if (context.store.changes.epoch !== this.#parts.epoch)
      throw new PositionLostError('The log was put back.');
    this.#toldAtMs = performance.now();
    return new LogEvent({
      cursor: context.logCursors.seal(position),
      row: given?.row ?? null,
      context: { ...context, principal: this.#caller },
      again: async () => (given === null ? null : await this.#giveLater(given.found)),
    });
  }

  get #quietForMs(): number {
    return Math.max(this.#toldAtMs + this.#parts.times.heartbeatMs - performance.now(), 0);
  }
}
