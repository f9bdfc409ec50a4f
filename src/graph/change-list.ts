import type { StatusChangeFilter } from '#kyc/change-filter';

import { type PageArgs, readSlice } from './connection.ts';
import type { GraphContext } from './context.ts';
import { statusChangeNode } from './nodes.ts';

/** A connection of changes of verifications. Its cursors are those of the log itself. */
export async function listStatusChanges(
  filter: StatusChangeFilter,
  args: PageArgs,
  { store: { changes }, sight, logCursors }: GraphContext,
) {
  const page = readSlice(args, logCursors.open);
  const found = await changes.pageStatusChanges({ filter, page }, sight);
  const edges = found.rows.map((change) => ({
    cursor: logCursors.seal(change.position),
    node: statusChangeNode(change),
  }));
  const pageInfo = {
    hasPreviousPage: found.hasPrevious,
    hasNextPage: found.hasNext,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: logCursors.seal(found.reached),
  };
  return {
    edges,
    pageInfo,
    totalCount: () => changes.countStatusChanges(filter, sight),
    sources: async () => [],
  };
}

/** All that the log has, early and late. */
export const EVERY_CHANGE = { includeLate: true, includeBackfill: true } as const;
