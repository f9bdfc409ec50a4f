import { verificationKinds } from '#kyc/verification-core';

import { builder } from '../builder.ts';
import { type VerificationNode, verificationNode } from '../nodes.ts';
import { readId } from '../read-id.ts';
import { VerificationRef } from '../refs.ts';
import { listVerifications } from '../verification-list.ts';
import { canBeAWord } from '../words.ts';
import { reportsField, verificationListArgs } from './connection-fields.ts';
import { FRESHNESS_BELOW, FreshnessEnum } from './freshness.ts';
import { SourceEnum } from './source.ts';
import { readVerificationFilter } from './verification-filter.ts';
import { readVerificationOrder } from './verification-order.ts';

export const VerificationConnection = builder.connectionObject(
  {
    name: 'VerificationConnection',
    type: VerificationRef,
    description: 'A page of verifications of all kinds.',
    fields: (t) => ({ sources: t.field(reportsField) }),
  },
  { name: 'VerificationEdge', description: 'A verification and where it stands in its list.' },
);

export const VERIFICATIONS = {
  field: 'verifications',
  kinds: verificationKinds,
  holds: (node: VerificationNode): node is VerificationNode =>
    verificationKinds.includes(node.verification.kind),
} as const;

builder.queryFields((t) => ({
  verification: t.field({
    dataClass: 'INTERNAL',
    type: VerificationRef,
    needs: 'kyc:status',
    cost: { asks: 'ONE_SOURCE', freshness: 'FRESH' },
    nullable: true,
    description:
      'One record, live if need be (Fin X, Upvest by id). Null for an id of nothing that the caller may see.',
    args: {
      id: t.arg.id({ required: true, description: 'The public id of the record.' }),
      freshness: t.arg({ type: FreshnessEnum, description: FRESHNESS_BELOW }),
    },
    resolve: async (_root, args, { loaders }, info) => {
      if (readId(args.id, info) !== 'Verification') return null;
      const freshness = args.freshness ?? 'FRESH';
      const known = await loaders.verification(args.id, freshness);
      return known === null ? null : verificationNode(known, freshness);
    },
  }),
  verificationByExternalId: t.field({
    dataClass: 'INTERNAL',
    type: VerificationRef,
    needs: 'kyc:status',
    cost: { asks: 'ONE_SOURCE', freshness: 'FRESH' },
    nullable: true,
    description: "One record by its source's own id, live if need be. Null when nobody knows it.",
    args: {
      source: t.arg({ type: SourceEnum, required: true, description: 'The source that holds it.' }),
      externalId: t.arg.id({ required: true, description: 'The id at the source, verbatim.' }),
      externalUserId: t.arg.id({
        description:
          "The user's id at the source: needed where the source keeps records below users and the gateway never saw this one.",
      }),
      freshness: t.arg({ type: FreshnessEnum, description: FRESHNESS_BELOW }),
    },
    resolve: async (_root, { source, externalId, ...args }, { loaders }) => {
      const externalUserId = args.externalUserId ?? null;
      if (!canBeAWord(externalId) || (externalUserId !== null && !canBeAWord(externalUserId))) return null;
      const freshness = args.freshness ?? 'FRESH';
      const known = await loaders.verificationByExternalId({ source, externalId, externalUserId }, freshness);
      return known === null ? null : verificationNode(known, freshness);
    },
  }),
  verifications: t.connection(
    {
      dataClass: 'INTERNAL',
      type: VerificationRef,
      needs: 'kyc:status',
      description:
        'Verifications across all sources, from the local store, newest lastChangedAt first unless ordered otherwise.',
      args: verificationListArgs,
      resolve: (_root, { filter, orderBy, ...page }, context, info) =>
        listVerifications(
          VERIFICATIONS,
          { ...page, filter: readVerificationFilter(filter), order: readVerificationOrder(orderBy) },
          context,
          info,
        ),
    },
    VerificationConnection,
  ),
}));
