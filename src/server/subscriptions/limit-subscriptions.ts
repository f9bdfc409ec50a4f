import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { Place } from './places.ts';

/** Refuses a subscription to who has as many open as they may, before anything is done for it. */
export function limitSubscriptions(): Plugin {
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const { place } = args.contextValue as unknown as { readonly place: Place };
      if (!place.take()) setResultAndStopExecution({ errors: [tooMany(place.most)] });
    },
  };
}

function tooMany(most: number): GraphQLError {
  return new GraphQLError(`This caller has ${most} subscriptions open at this gateway: end one first.`, {
    extensions: { code: 'RATE_LIMITED', http: { status: 429 } },
  });
}
