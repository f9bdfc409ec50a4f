import { once } from 'node:events';

import { GraphQLError } from 'graphql';

import type { GraphContext } from '#graph/context';
import { LogEvent } from '#graph/log-event';

import type { Probe } from './tiny-server.ts';

type Context = Pick<GraphContext, 'signal' | 'resumeAfter' | 'principal'>;
/** Events that are there when somebody comes; then nothing does. */
const THERE = 3;

/** The subscriptions of the tiny schema. `follow` has positions: c1, c2, c3. */
export function tinySubscriptions(probe: Probe) {
  async function* events(after: number, context: Context) {
    probe.calls.push('began');
    try {
      yield told(after, context, false);
      for (let at = after + 1; at <= THERE; at += 1) yield told(at, context, true);
      if (!context.signal.aborted) await once(context.signal, 'abort');
    } finally {
      probe.calls.push('ended');
    }
  }
  return {
    count: {
      subscribe: async function* (_: unknown, { to }: { to: number }) {
        for (let at = 1; at <= to; at += 1) yield at;
      },
      resolve: (at: number) => at,
    },
    follow: {
      subscribe: (_: unknown, { after }: { after?: string | null }, context: Context) =>
        events(positionOf(context.resumeAfter ?? after ?? 'c0'), context),
      resolve: ({ row }: LogEvent<number>) => row,
    },
    crashesAtOnce: {
      subscribe: () => {
        throw new RangeError('passport X1234567');
      },
    },
    crashesLater: {
      subscribe: async function* () {
        yield 1;
        throw new RangeError('passport X1234567');
      },
      resolve: () => 1,
    },
  };
}

function told(at: number, context: Context, isRow: boolean): LogEvent<number> {
  const event = { cursor: `c${at}`, row: isRow ? at : null, context: context as GraphContext };
  return new LogEvent<number>({ ...event, again: async () => null });
}

function positionOf(cursor: string): number {
  const [, at] = /^c(\d+)$/.exec(cursor) ?? [];
  if (at !== undefined && at !== '9') return Number(at);
  const code = at === undefined ? 'BAD_USER_INPUT' : 'CURSOR_EXPIRED';
  throw new GraphQLError('Not from there.', { extensions: { code } });
}
