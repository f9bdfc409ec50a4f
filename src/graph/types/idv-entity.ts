import type { IdvEntity, IdvEntityPersonal } from '#kyc/idv-application';
import type { User } from '#kyc/user';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { type IdvApplicationNode, userNode } from '../nodes.ts';
import { owned, personalOfApplication } from '../personal.ts';
import { UserRef } from '../refs.ts';
import { IdvOutcomeDetailObject, IdvStatusEntryObject, ownedDetail } from './idv-status-entry.ts';
import { PersonObject } from './person.ts';
import { KycStatusEnum } from './status.ts';
import { ActorObject } from './vendor.ts';

/** One entity, by its place in the application. */
interface IdvEntityNode {
  readonly application: IdvApplicationNode;
  readonly entity: IdvEntity;
  readonly index: number;
}

export function entityNodes(application: IdvApplicationNode): readonly IdvEntityNode[] {
  const { entities } = application.verification.details;
  return entities.map((entity, index) => ({ application, entity, index }));
}

/** Null on a tombstone, whose personal values are gone. */
function personalOf({ application, index }: IdvEntityNode): IdvEntityPersonal | null {
  return personalOfApplication(application.verification).entities[index] ?? null;
}

async function loadUser({ application, entity }: IdvEntityNode, context: GraphContext): Promise<User | null> {
  if (entity.accountId === null) return null;
  const identity = { source: application.verification.source, externalId: entity.accountId };
  return context.loaders.userByIdentity(identity, 'STORED');
}

/** An entity's data are about the user of its own account, whoever the applicant is. */
async function ownerOfEntity(node: IdvEntityNode, context: GraphContext): Promise<string | null> {
  return (await loadUser(node, context))?.id ?? null;
}

export const IdvEntityObject = builder.objectRef<IdvEntityNode>('IdvEntity').implement({
  description: 'One of the persons or businesses that an application is about.',
  dataOwner: ownerOfEntity,
  fields: (t) => ({
    accountId: t.id({
      dataClass: 'INTERNAL',
      nullable: true,
      description: "Each entity's account is an identity of its own.",
      resolve: ({ entity }) => entity.accountId,
    }),
    user: t.field({
      dataClass: 'INTERNAL',
      type: UserRef,
      nullable: true,
      description: "The user of the entity's account; null where it has none.",
      resolve: async (node, _args, context) => {
        const user = await loadUser(node, context);
        return user === null ? null : userNode(user, node.application.freshness);
      },
    }),
    person: t.field({
      dataClass: 'INTERNAL',
      type: PersonObject,
      nullable: true,
      description: 'The person, as this application knows them.',
      resolve: async (node, _args, context) => {
        const person = personalOf(node)?.person ?? null;
        return person && owned(person, await ownerOfEntity(node, context));
      },
    }),
    entityType: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'What kind of entity it is, as the source spells it.',
      resolve: ({ entity }) => entity.entityType,
    }),
    status: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      description: "The unified status of this entity's part.",
      resolve: ({ entity }) => entity.status,
    }),
    sourceStatus: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The status exactly as the source spelled it.',
      resolve: ({ entity }) => entity.sourceStatus,
    }),
    outcome: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Verbatim; only means something when sourceStatus is COMPLETED.',
      resolve: ({ entity }) => entity.outcome,
    }),
    outcomeDetails: t.field({
      dataClass: 'PII',
      type: [IdvOutcomeDetailObject],
      description: 'What stands behind the outcome.',
      resolve: async (node, _args, context) => {
        const owner = await ownerOfEntity(node, context);
        return personalOf(node)?.outcomeDetails.map((detail) => ownedDetail(detail, owner)) ?? [];
      },
    }),
    sourceHistory: t.field({
      dataClass: 'INTERNAL',
      type: [IdvStatusEntryObject],
      description: 'The history as the source tells it.',
      resolve: async (node, _args, context) => {
        const owner = await ownerOfEntity(node, context);
        return personalOf(node)?.sourceHistory.map((entry) => owned(entry, owner)) ?? [];
      },
    }),
    processingSummary: t.field({
      dataClass: 'PII_HIGH',
      type: 'JSON',
      nullable: true,
      description: "The source's summary, unmapped.",
      resolve: (node) => personalOf(node)?.processingSummary,
    }),
    documentUploadUrl: t.string({
      dataClass: 'PII_HIGH',
      nullable: true,
      description: 'Where documents can be uploaded: a link as text, never followed by the gateway.',
      resolve: (node) => personalOf(node)?.documentUploadUrl,
    }),
    createdAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was created, by the source.',
      resolve: ({ entity }) => entity.createdAt,
    }),
    updatedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was last updated, by the source.',
      resolve: ({ entity }) => entity.updatedAt,
    }),
    createdBy: t.field({
      dataClass: 'INTERNAL',
      type: ActorObject,
      nullable: true,
      description: 'Who created it.',
      resolve: ({ entity }) => entity.createdBy,
    }),
    updatedBy: t.field({
      dataClass: 'INTERNAL',
      type: ActorObject,
      nullable: true,
      description: 'Who last updated it.',
      resolve: ({ entity }) => entity.updatedBy,
    }),
  }),
});
