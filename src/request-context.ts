import { createAudit } from '#access/audit';
import { createClearReads } from '#access/clear-reads';
import { createClearances } from '#access/clearance';
import type { Principal } from '#access/principal';
import { createRefusals } from '#access/refusals';
import { createRenewal } from '#access/renewal';
import { createSightOf } from '#access/sight-of';
import type { GraphContext } from '#graph/context';
import { createRequestReads } from '#loaders/checked-reads';
import { createLoaders } from '#loaders/create-loaders';
import type { LoaderDeps } from '#loaders/deps';
import type { Logger } from '#log';
import type { RequestFacts } from '#server/graphql-handler';

/** What resolvers get: all that is one caller's is made anew for each request, and for each event of a subscription. */
export function createContextFor({
  deps,
  log,
  ...given
}: Pick<GraphContext, 'actions' | 'cursors' | 'logCursors' | 'logTail'> & {
  readonly deps: LoaderDeps;
  readonly log: Pick<Logger, 'error'>;
}): (facts: RequestFacts) => Promise<GraphContext> {
  const { policy } = deps;
  const enabledSources = deps.sources.map(({ descriptor }) => descriptor.id);
  const { reveals, grants, rates, webhookEvents, audit: auditLog } = deps.store;
  const shared = { reveals, grants, rates, webhookEvents, auditLog, audit: createAudit(auditLog), ...given };
  const sightOf = createSightOf(grants);
  const contextOf = async (facts: Facts): Promise<GraphContext> => {
    const { requestId, principal, signal, resumeAfter = null, renew } = facts;
    const sight = await sightOf(principal);
    const reads = createRequestReads(deps.store, sight, (count) =>
      log.error('Rows out of sight were held back.', { requestId, code: 'OUT_OF_SIGHT', count }),
    );
    return {
      ...shared,
      requestId,
      principal,
      signal,
      resumeAfter,
      anew: async () => await contextOf({ ...facts, principal: await renew() }),
      sight,
      clearances: createClearances(principal, reveals),
      clearReads: createClearReads(),
      refusals: createRefusals(),
      loaders: createLoaders(deps, reads),
      store: reads.store,
      policy,
      enabledSources,
    };
  };
  return async (facts) => await contextOf({ ...facts, renew: createRenewal(facts.principal) });
}

interface Facts extends RequestFacts {
  readonly renew: () => Promise<Principal>;
}
