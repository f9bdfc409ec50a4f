import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  validateSubscriptionArgs,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

import type { Principal } from '#access/principal';
import { UnauthenticatedError } from '#access/unauthenticated-error';
import { LogEvent } from '#graph/log-event';
import type { Heartbeat } from '#graph/log-position';
import { TAIL_TIMES, type TailTimes } from '#graph/tail-log';
import type { Logger } from '#log';
import { audited, isAudited } from '#server/commit-audit';
import type { RateLimit } from '#server/rate-limit';

import { EventDelivery } from './event-delivery.ts';
import { SubscriptionLife } from './subscription-life.ts';

export interface EventParts {
  readonly log: Logger;
  /** Null: events may cost what they like. */
  readonly rateLimit: RateLimit | null;
  readonly times?: Partial<TailTimes>;
}

/**
 * Runs subscriptions, whatever they come by: each event of the log is an operation of its own, with a context of its own,
 * what it costs, and its audit committed before it is given. They end with the client, and with the caller's credential.
 */
export function executeEvents(parts: EventParts): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribe(args, parts));
    },
  };
}

type Results = AsyncGenerator<ExecutionResult | Heartbeat, void>;

async function subscribe(args: ExecutionArgs, parts: EventParts): Promise<ExecutionResult | Results> {
  const given = args.contextValue as { readonly signal?: AbortSignal; readonly principal?: Principal };
  const life = new SubscriptionLife(given.signal ?? null);
  const { signal } = life;
  const contextValue = { ...given, signal };
  const validated = validateSubscriptionArgs({ ...args, contextValue, abortSignal: signal });
  const source = 'schema' in validated ? await createSourceEventStream(validated) : { errors: validated };
  if (!('schema' in validated) || !isAsyncIterable(source)) {
    life.end();
    return isAudited(contextValue) && !isAsyncIterable(source)
      ? await audited(source, contextValue, parts.log)
      : (source as ExecutionResult);
  }
  life.expireAt(given.principal?.expiresAt ?? null);
  const times = { ...TAIL_TIMES, ...parts.times };
  const delivery = new EventDelivery(args, validated, { ...parts, times, life });
  return endedByReturn(results(source, delivery, life), life);
}

async function* results(
  source: AsyncIterable<unknown>,
  delivery: EventDelivery,
  life: SubscriptionLife,
): Results {
  using _ = life;
  try {
    for await (const event of source)
      yield* event instanceof LogEvent ? delivery.ofLog(event) : delivery.ofOther(event);
  } catch (error) {
    // What fails because it was ended is not worth a word.
    if (!life.signal.aborted) yield delivery.lastWord(wordsFor(error));
  }
  if (life.hasExpired) yield delivery.lastWord(hasEnded());
}

/** Who goes away while the next event is waited for does not wait for it. */
function endedByReturn(results: Results, life: SubscriptionLife): Results {
  const end = () => {
    life.end();
    return results.return();
  };
  return {
    next: () => results.next(),
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

function wordsFor(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof UnauthenticatedError) return hasEnded();
  // Masked with all other errors, and logged.
  return new GraphQLError('', { originalError: error instanceof Error ? error : new TypeError('No error.') });
}

function hasEnded(): GraphQLError {
  return new GraphQLError(
    'The credential holds no longer: show another one, and go on after the last cursor.',
    {
      extensions: { code: 'UNAUTHENTICATED' },
    },
  );
}
