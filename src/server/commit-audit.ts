import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { entriesOfClearReads, entriesOfRefusals } from '#access/owed-entries';
import type { GraphContext } from '#graph/context';
import type { Logger } from '#log';

/** What of a request's context its answer is audited by. */
export type Audited = Pick<
  GraphContext,
  'principal' | 'requestId' | 'audit' | 'clearReads' | 'clearances' | 'refusals'
>;

const UNAVAILABLE = 'What this answer gives in clear cannot be audited at the moment, so it is not given.';

/**
 * Commits what an operation gave in clear, and what it was refused, before its answer leaves. An answer whose clear
 * values cannot be audited is replaced by an error; one without any goes out all the same.
 */
export function commitAudit(log: Logger): Plugin {
  return {
    onExecute({ args }) {
      const context: unknown = args.contextValue;
      if (!isAudited(context)) return;
      return {
        async onExecuteDone({ result, setResult }) {
          setResult(await audited(result as ExecutionResult, context, log));
        },
      };
    },
  };
}

/** A result as it may leave once its audit is committed: of one event of a subscription, too. */
export async function audited(
  result: ExecutionResult,
  context: Audited,
  log: Logger,
): Promise<ExecutionResult> {
  // Values are given with data alone: what else was read on the way nobody hears.
  if (await isCommitted(context, result.data != null, log)) return result;
  const extensions = { code: 'STORE_UNAVAILABLE', http: { status: 503 } };
  return { errors: [new GraphQLError(UNAVAILABLE, { extensions })] };
}

/** False when the answer holds clear values that the audit does not know of. */
async function isCommitted(context: Audited, isGiven: boolean, log: Logger): Promise<boolean> {
  const reads = isGiven ? entriesOfClearReads(context.clearReads, context.clearances) : [];
  const refusals = entriesOfRefusals(context.refusals);
  if (reads.length + refusals.length === 0) return true;
  try {
    await context.audit.append(context, [...reads, ...refusals]);
    return true;
  } catch (error) {
    log.error('The audit cannot be written.', { requestId: context.requestId, error });
    return reads.length === 0;
  }
}

export function isAudited(context: unknown): context is Audited {
  return typeof context === 'object' && context !== null && 'audit' in context;
}
