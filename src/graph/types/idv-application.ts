import { builder } from '../builder.ts';
import type { IdvApplicationNode, VerificationNode } from '../nodes.ts';
import { owned, ownerOfRecord, personalOfApplication } from '../personal.ts';
import { IdvApplicationRef, VerificationRef } from '../refs.ts';
import { listVerifications } from '../verification-list.ts';
import { reportsField, verificationListArgs } from './connection-fields.ts';
import { entityNodes, IdvEntityObject } from './idv-entity.ts';
import { IdvStatusEntryObject } from './idv-status-entry.ts';
import { PersonObject } from './person.ts';
import { ActorObject } from './vendor.ts';
import { readVerificationFilter } from './verification-filter.ts';
import { readVerificationOrder } from './verification-order.ts';

IdvApplicationRef.implement({
  description: 'An identity-verification application: RocketKOR.',
  interfaces: [builder.nodeInterfaceRef(), VerificationRef],
  dataOwner: ownerOfRecord,
  fields: (t) => ({
    businessAccountId: t.id({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The business account under which it was made.',
      resolve: ({ verification }) => verification.details.businessAccountId,
    }),
    accountId: t.id({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The account for which it was made: the same as externalUserId.',
      resolve: ({ verification }) => verification.externalUserId,
    }),
    accountType: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The type of that account, as the source spells it.',
      resolve: ({ verification }) => verification.details.accountType,
    }),
    profileId: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The profile by which it is processed.',
      resolve: ({ verification }) => verification.details.profileId,
    }),
    person: t.field({
      dataClass: 'INTERNAL',
      type: PersonObject,
      nullable: true,
      description: 'The applicant, as this source knows them; null where it says nothing of them.',
      resolve: (node) => {
        const { person } = personalOfApplication(node.verification);
        return person && owned(person, ownerOfRecord(node));
      },
    }),
    outcome: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Verbatim; only means something when sourceStatus is COMPLETED.',
      resolve: ({ verification }) => verification.outcome,
    }),
    completedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was completed.',
      resolve: ({ verification }) => verification.details.completedAt,
    }),
    metadata: t.field({
      dataClass: 'PII_HIGH',
      type: 'JSON',
      nullable: true,
      description: 'What the source keeps beside it, unmapped.',
      resolve: ({ verification }) => personalOfApplication(verification).metadata,
    }),
    createdBy: t.field({
      dataClass: 'INTERNAL',
      type: ActorObject,
      nullable: true,
      description: 'Who created it.',
      resolve: ({ verification }) => verification.details.createdBy,
    }),
    updatedBy: t.field({
      dataClass: 'INTERNAL',
      type: ActorObject,
      nullable: true,
      description: 'Who last updated it.',
      resolve: ({ verification }) => verification.details.updatedBy,
    }),
    entities: t.field({
      dataClass: 'INTERNAL',
      type: [IdvEntityObject],
      description: 'The persons and businesses that it is about.',
      resolve: (node) => entityNodes(node),
    }),
    sourceHistory: t.field({
      dataClass: 'INTERNAL',
      type: [IdvStatusEntryObject],
      description: 'The history as the source tells it.',
      // A row about an entity says something of somebody whom the row does not name.
      resolve: (node) =>
        personalOfApplication(node.verification).sourceHistory.map((entry) =>
          owned(entry, entry.entityId === null ? ownerOfRecord(node) : null),
        ),
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
      dataClass: 'INTERNAL',
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
