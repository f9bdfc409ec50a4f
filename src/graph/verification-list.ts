import type { GraphQLResolveInfo } from 'graphql';

import { matchesFilter } from '#kyc/match-filter';
import { compareByOrder, positionIn, slicePage } from '#kyc/slice-page';
import type { SourceReport } from '#kyc/source-report';
import { type VerificationKind, verificationKinds } from '#kyc/verification-core';
import type { VerificationFilter, VerificationOrder } from '#kyc/verification-filter';

import { connectionOf, type PageArgs, readPageArgs } from './connection.ts';
import type { GraphContext } from './context.ts';
import { listName } from './list-name.ts';
import { type UserNode, type VerificationNode, verificationNode } from './nodes.ts';
import { kindOfSource } from './source-values.ts';

/** What a connection of verifications holds. */
export interface VerificationListOf<Node extends VerificationNode> {
  /** Names the list in its cursors. */
  readonly field: string;
  readonly kinds: readonly VerificationKind[];
  readonly holds: (node: VerificationNode) => node is Node;
}

export interface VerificationListArgs extends PageArgs {
  readonly filter: VerificationFilter;
  readonly order: VerificationOrder;
}

/** A connection over all users, from the store. */
export async function listVerifications<Node extends VerificationNode>(
  of: VerificationListOf<Node>,
  args: VerificationListArgs,
  context: GraphContext,
  info: GraphQLResolveInfo,
) {
  const { store, sight, cursors, loaders } = context;
  const filter = ofKinds(of.kinds, args.filter);
  const list = listOf(of, null, filter, args.order);
  const page = readPageArgs(args, list, cursors);
  const { rows, ...flags } = await store.pageVerifications({ filter, order: args.order, page }, sight);
  const nodes = rows.map((row) => verificationNode(row, 'STORED')).filter(of.holds);
  return connectionOf({ rows: nodes, ...flags }, list, cursors, {
    totalCount: () => store.countVerifications(filter, sight),
    sources: async () => narrow(await loaders.reportsOfLists(), filter, info),
  });
}

/**
 * A connection below one user, paged in memory: what a live read has just given is in it without waiting for the store.
 */
export async function listVerificationsOfUser<Node extends VerificationNode>(
  of: VerificationListOf<Node>,
  { user, freshness }: UserNode,
  args: VerificationListArgs,
  context: GraphContext,
  info: GraphQLResolveInfo,
) {
  const filter = ofKinds(of.kinds, args.filter);
  const list = listOf(of, user.id, filter, args.order);
  const page = readPageArgs(args, list, context.cursors);
  const isMeant = await isThisUser(filter.userId, user.id, context);
  const { verifications, reports } = await context.loaders.verificationsOfUser(user, freshness);
  const fitting = isMeant ? verifications.filter((known) => matchesFilter(known, filter)) : [];
  const nodes = fitting
    .toSorted(compareByOrder(args.order))
    .map((known) => verificationNode(known, freshness))
    .filter(of.holds);
  const slice = slicePage(nodes, page, list.positionOf, args.order.direction);
  return connectionOf(slice, list, context.cursors, {
    totalCount: async () => nodes.length,
    sources: async () => narrow(reports, filter, info),
  });
}

function listOf(
  of: { readonly field: string },
  parent: string | null,
  filter: VerificationFilter,
  order: VerificationOrder,
) {
  const positionOf = positionIn(order);
  return {
    name: listName({ connection: of.field, parent, filter, order }),
    positionOf: (node: VerificationNode) => positionOf(node.verification),
  };
}

/** The filter, ANDed with the kinds that the connection holds. */
function ofKinds(held: readonly VerificationKind[], filter: VerificationFilter): VerificationFilter {
  if (held.length === verificationKinds.length) return filter;
  return { ...filter, kinds: held.filter((kind) => filter.kinds?.includes(kind) ?? true) };
}

async function isThisUser(
  asked: string | undefined,
  userId: string,
  { loaders }: GraphContext,
): Promise<boolean> {
  return asked === undefined || asked === userId || (await loaders.user(asked))?.id === userId;
}

/** The reports of the sources that a list could draw on. */
function narrow(
  reports: readonly SourceReport[],
  { sources, kinds }: VerificationFilter,
  info: GraphQLResolveInfo,
): readonly SourceReport[] {
  return reports.filter(({ source }) => {
    const kind = kindOfSource(info.schema, source);
    return (
      (sources?.includes(source) ?? true) && (kinds === undefined || (kind !== null && kinds.includes(kind)))
    );
  });
}
