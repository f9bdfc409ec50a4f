import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { Principal } from '#access/principal';

import { costOfOperation } from './operation-cost.ts';
import type { RateLimit } from './rate-limit.ts';

/** One operation at most: 200 users with 200 records each and ten values in a record, or a thousand upstream calls. */
const MAX_COST = 150_000;

/** Refuses operations that could take too much, and callers who took too much within a minute, before anything is read. */
export function limitOperationCost(rateLimit: RateLimit | null): Plugin<{ principal: Principal }> {
  const limit = async ({ args, setResultAndStopExecution }: Hook) => {
    const { principal } = args.contextValue as { readonly principal: Principal };
    const refusal = await refusalOf(costOfOperation(args), principal, rateLimit);
    if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
  };
  return { onExecute: limit, onSubscribe: limit };
}

interface Hook {
  readonly args: ExecutionArgs;
  setResultAndStopExecution(result: { errors: readonly GraphQLError[] }): void;
}

async function refusalOf(
  cost: number,
  principal: Principal,
  rateLimit: RateLimit | null,
): Promise<GraphQLError | null> {
  if (cost > MAX_COST) return tooComplex(cost, MAX_COST);
  const taken = (await rateLimit?.take(principal, cost)) ?? { isTaken: true };
  if (taken.isTaken) return null;
  return taken.retryAfterS === null
    ? tooComplex(cost, rateLimit?.perMinute ?? 0)
    : rateLimited(taken.retryAfterS);
}

function tooComplex(cost: number, most: number): GraphQLError {
  const message = `The operation costs ${cost} and may cost ${most}: ask for shorter pages, for fewer within one another, or less of it from the sources themselves.`;
  return new GraphQLError(message, {
    extensions: { code: 'TOO_COMPLEX', http: { spec: true, status: 400 } },
  });
}

function rateLimited(retryAfterS: number): GraphQLError {
  const http = { status: 429, headers: { 'retry-after': String(retryAfterS) } };
  return new GraphQLError(`This caller has asked for much: ask again in ${retryAfterS} seconds.`, {
    extensions: { code: 'RATE_LIMITED', http },
  });
}
