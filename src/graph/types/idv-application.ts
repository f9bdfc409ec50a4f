import { clearPerson } from '#access/masking';

import { builder } from '../builder.ts';
import type { IdvApplicationNode, VerificationNode } from '../nodes.ts';
import { clearanceOf, personalOfApplication } from '../personal.ts';
import { IdvApplicationRef, VerificationRef } from '../refs.ts';
import { listVerifications } from '../verification-list.ts';
import { reportsField, verificationListArgs } from './connection-fields.ts';
import { entityNodes, IdvEntityObject } from './idv-entity.ts';
import { clearEntries, IdvStatusEntryObject } from './idv-status-entry.ts';
import { PersonObject } from './person.ts';
import { ActorObject } from './vendor.ts';
import { readVerificationFilter } from './verification-filter.ts';
import { readVerificationOrder } from './verification-order.ts';

IdvApplicationRef.implement({
  description: 'An identity-verification application: RocketKOR.',
  interfaces: [builder.nodeInterfaceRef(), VerificationRef],
  fields: (t) => ({
    businessAccountId: t.id({
      nullable: true,
      description: 'The business account under which it was made.',
      resolve: ({ verification }) => verification.details.businessAccountId,
    }),
    accountId: t.id({
      nullable: true,
      description: 'The account for which it was made: the same as externalUserId.',
      resolve: ({ verification }) => verification.externalUserId,
    }),
    accountType: t.string({
      nullable: true,
      description: 'The type of that account, as the source spells it.',
      resolve: ({ verification }) => verification.details.accountType,
    }),
    profileId: t.string({
      nullable: true,
      description: 'The profile by which it is processed.',
      resolve: ({ verification }) => verification.details.profileId,
    }),
    person: t.field({
      type: PersonObject,
      nullable: true,
      description: 'The applicant, as this source knows them; null where it says nothing of them.',
      resolve: (node, _args, context) =>
        clearPerson(personalOfApplication(node.verification).person, clearanceOf(node, context)),
    }),
    outcome: t.string({
      nullable: true,
      description: 'Verbatim; only means something when sourceStatus is COMPLETED.',
      resolve: ({ verification }) => verification.outcome,
    }),
    completedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was completed.',
      resolve: ({ verification }) => verification.details.completedAt,
    }),
    metadata: t.field({
      type: 'JSON',
      nullable: true,
      description: "What the source keeps beside it, unmapped. Masked with the person's data.",
      resolve: (node, _args, context) =>
        clearanceOf(node, context) === 'CLEAR' ? personalOfApplication(node.verification).metadata : null,
    }),
    createdBy: t.field({
      type: ActorObject,
      nullable: true,
      description: 'Who created it.',
      resolve: ({ verification }) => verification.details.createdBy,
    }),
    updatedBy: t.field({
      type: ActorObject,
      nullable: true,
      description: 'Who last updated it.',
      resolve: ({ verification }) => verification.details.updatedBy,
    }),
    entities: t.field({
      type: [IdvEntityObject],
      description: 'The persons and businesses that it is about.',
      resolve: (node) => entityNodes(node),
    }),
    sourceHistory: t.field({
      type: [IdvStatusEntryObject],
      description: 'The history as the source tells it.',
      resolve: (node, _args, context) =>
        clearEntries(personalOfApplication(node.verification).sourceHistory, clearanceOf(node, context)),
    }),
  }),
});

export const IdvApplicationConnection = builder.connectionObject(
  {
    name: 'IdvApplicationConnection',
    type: IdvApplicationRef,
    description: 'A page of identity-verification applications.',
    fields: (t) => ({ sources: t.field(reportsField) }),
  },
  { name: 'IdvApplicationEdge', description: 'An application and where it stands in its list.' },
);

export const IDV_APPLICATIONS = {
  field: 'idvApplications',
  kinds: ['IDV_APPLICATION'],
  holds: (node: VerificationNode): node is IdvApplicationNode => node.__typename === 'IdvApplication',
} as const;

builder.queryField('idvApplications', (t) =>
  t.connection(
    {
      type: IdvApplicationRef,
      needs: 'kyc:status',
      description:
        'Applications across all sources, from the local store, newest lastChangedAt first unless ordered otherwise.',
      args: verificationListArgs,
      resolve: (_root, { filter, orderBy, ...page }, context, info) =>
        listVerifications(
          IDV_APPLICATIONS,
          { ...page, filter: readVerificationFilter(filter), order: readVerificationOrder(orderBy) },
          context,
          info,
        ),
    },
    IdvApplicationConnection,
  ),
);
