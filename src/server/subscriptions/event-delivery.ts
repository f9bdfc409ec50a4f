import { setTimeout as delay } from 'node:timers/promises';

import {
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLError,
  type ValidatedSubscriptionArgs,
} from 'graphql';

import type { Principal } from '#access/principal';
import type { LogEvent } from '#graph/log-event';
import { type Heartbeat, LOG_CURSOR } from '#graph/log-position';
import type { TailTimes } from '#graph/tail-log';
import { audited, isAudited } from '#server/commit-audit';
import { costOfOperation } from '#server/operation-cost';
import { StoreUnavailableError } from '#store/database';

import type { EventParts } from './execute-events.ts';
import type { SubscriptionLife } from './subscription-life.ts';

type Results = AsyncGenerator<ExecutionResult | Heartbeat, void>;
type Parts = EventParts & { readonly times: TailTimes; readonly life: SubscriptionLife };

/** Gives the events of one subscription, each when it can be given: none is passed over. */
export class EventDelivery {
  readonly #validated: ValidatedSubscriptionArgs;
  readonly #cost: number;
  readonly #parts: Parts;
  /** Where the caller has come to; null before the first word. */
  #cursor: string | null = null;
  #toldAtMs = performance.now();

  constructor(args: ExecutionArgs, validated: ValidatedSubscriptionArgs, parts: Parts) {
    this.#validated = validated;
    this.#cost = costOfOperation(args);
    this.#parts = parts;
  }

  /**
   * One event of the log. While the caller's budget is used up, the store is away or the audit cannot be written, it is
   * tried again, as its caller may see it then.
   */
  async *ofLog(first: LogEvent): Results {
    const { life } = this.#parts;
    life.expireAt(first.context.principal.expiresAt);
    if (first.row === null) return yield this.#told(first.cursor, {});
    const payment = new Payment(this.#cost, this.#parts.rateLimit);
    for (let event: LogEvent | 'AWAY' | null = first; event !== null; event = await again(first)) {
      const given = event === 'AWAY' ? this.#parts.times.retryMs : await this.#attempt(event, payment);
      if (life.hasExpired || life.signal.aborted) return;
      if (typeof given !== 'number') return yield this.#told(first.cursor, given);
      yield* this.#wait(given);
      if (life.signal.aborted) return;
    }
  }

  /** One that is not of the log: executed as it comes. */
  async *ofOther(event: unknown): Results {
    yield await this.#execute(event, this.#validated.contextValue);
  }

  /** With the cursor from which to go on, where there is one. */
  lastWord(error: GraphQLError): ExecutionResult {
    const result = { errors: [error] };
    return this.#cursor === null ? result : this.#told(this.#cursor, result);
  }

  /** What the event gives, or after how many milliseconds to try again. */
  async #attempt(event: LogEvent, payment: Payment): Promise<ExecutionResult | number> {
    const waitMs = await payment.make(event.context.principal);
    if (waitMs > 0) return waitMs;
    const base = this.#validated.contextValue as object;
    const { signal } = this.#parts.life;
    const result = await this.#execute(event, { ...base, ...event.context, signal });
    return isStoreAway(result) ? this.#parts.times.retryMs : result;
  }

  async #execute(rootValue: unknown, contextValue: unknown): Promise<ExecutionResult> {
    const result = await executeSubscriptionEvent({ ...this.#validated, rootValue, contextValue });
    return isAudited(contextValue) ? await audited(result, contextValue, this.#parts.log) : result;
  }

  #told<Result extends object>(cursor: string, result: Result): Result & Heartbeat {
    this.#cursor = cursor;
    this.#toldAtMs = performance.now();
    return { ...result, [LOG_CURSOR]: cursor };
  }

  /** Not in silence. */
  async *#wait(waitMs: number): Results {
    const { life, times } = this.#parts;
    const untilMs = performance.now() + waitMs;
    for (let leftMs = waitMs; leftMs > 0 && !life.signal.aborted; leftMs = untilMs - performance.now()) {
      const quietForMs = Math.max(this.#toldAtMs + times.heartbeatMs - performance.now(), 1);
      const { signal } = life;
      await delay(Math.min(leftMs, quietForMs), undefined, { signal }).catch(() => undefined);
      const isDue = performance.now() - this.#toldAtMs >= times.heartbeatMs;
      if (this.#cursor !== null && isDue) yield this.#told(this.#cursor, {});
    }
  }
}

/** Made once for an event, however often that is tried. */
class Payment {
  readonly #cost: number;
  readonly #rateLimit: EventParts['rateLimit'];
  #isMade = false;

  constructor(cost: number, rateLimit: EventParts['rateLimit']) {
    this.#cost = cost;
    this.#rateLimit = rateLimit;
  }

  /** After how many milliseconds to try again; 0: it is made. */
  async make(principal: Principal): Promise<number> {
    if (this.#isMade || this.#rateLimit === null) return 0;
    const taken = await this.#rateLimit.take(principal, this.#cost);
    this.#isMade = taken.isTaken;
    // What costs more than a budget ever holds was refused before it began.
    return taken.isTaken ? 0 : (taken.retryAfterS ?? LONGEST_WAIT_S) * 1000;
  }
}
const LONGEST_WAIT_S = 60;

async function again(event: LogEvent): Promise<LogEvent | 'AWAY' | null> {
  try {
    return await event.again();
  } catch (error) {
    if (error instanceof StoreUnavailableError) return 'AWAY';
    throw error;
  }
}

function isStoreAway({ errors = [] }: ExecutionResult): boolean {
  return errors.some(({ extensions }) => extensions['code'] === 'STORE_UNAVAILABLE');
}
