import { createAudit } from '#access/audit';
import { createClearReads } from '#access/clear-reads';
import { createClearances } from '#access/clearance';
import { createRefusals } from '#access/refusals';
import { createSightOf } from '#access/sight-of';
import type { Actions, GraphContext } from '#graph/context';
import type { Cursors } from '#graph/cursors';
import { createLoaders } from '#loaders/create-loaders';
import type { LoaderDeps } from '#loaders/deps';
import type { RequestFacts } from '#server/graphql-handler';

/** What resolvers get: all that is one caller's is made anew for each request. */
export function createContextFor({
  deps,
  actions,
  cursors,
}: {
  deps: LoaderDeps;
  actions: Actions;
  cursors: Cursors;
}): (facts: RequestFacts) => Promise<GraphContext> {
  const { store, policy } = deps;
  const enabledSources = deps.sources.map(({ descriptor }) => descriptor.id);
  const { reveals, audit: auditLog } = store;
  const audit = createAudit(auditLog);
  const sightOf = createSightOf(store.grants);
  return async ({ requestId, principal }) => {
    const sight = await sightOf(principal);
    return {
      requestId,
      principal,
      sight,
      clearances: createClearances(principal, reveals),
      clearReads: createClearReads(),
      refusals: createRefusals(),
      loaders: createLoaders(deps, sight),
      store,
      actions,
      audit,
      auditLog,
      reveals,
      cursors,
      policy,
      enabledSources,
    };
  };
}
