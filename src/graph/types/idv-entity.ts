import { type Clearance, clearanceFor } from '#access/clearance';
import { clearPerson } from '#access/masking';
import type { IdvEntity, IdvEntityPersonal } from '#kyc/idv-application';
import type { User } from '#kyc/user';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { type IdvApplicationNode, userNode } from '../nodes.ts';
import { personalOfApplication } from '../personal.ts';
import { UserRef } from '../refs.ts';
import { clearEntries, IdvOutcomeDetailObject, IdvStatusEntryObject } from './idv-status-entry.ts';
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

/** An entity's data are about the user of its own account. */
async function clearanceOfEntity(node: IdvEntityNode, context: GraphContext): Promise<Clearance> {
  return clearanceFor(context.principal, (await loadUser(node, context))?.id ?? null);
}

/** The value where the caller may see the entity's personal data in clear, else null. */
async function inClear<Value>(
  node: IdvEntityNode,
  context: GraphContext,
  read: (personal: IdvEntityPersonal | null) => Value,
): Promise<Value | null> {
  return (await clearanceOfEntity(node, context)) === 'CLEAR' ? read(personalOf(node)) : null;
}

export const IdvEntityObject = builder.objectRef<IdvEntityNode>('IdvEntity').implement({
  description: 'One of the persons or businesses that an application is about.',
  fields: (t) => ({
    accountId: t.id({
      nullable: true,
      description: "Each entity's account is an identity of its own.",
      resolve: ({ entity }) => entity.accountId,
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: "The user of the entity's account; null where it has none.",
      resolve: async (node, _args, context) => {
        const user = await loadUser(node, context);
        return user === null ? null : userNode(user, node.application.freshness);
      },
    }),
    person: t.field({
      type: PersonObject,
      nullable: true,
      description: 'The person, as this application knows them.',
      resolve: async (node, _args, context) =>
        clearPerson(personalOf(node)?.person ?? null, await clearanceOfEntity(node, context)),
    }),
    entityType: t.string({
      nullable: true,
      description: 'What kind of entity it is, as the source spells it.',
      resolve: ({ entity }) => entity.entityType,
    }),
    status: t.field({
      type: KycStatusEnum,
      description: "The unified status of this entity's part.",
      resolve: ({ entity }) => entity.status,
    }),
    sourceStatus: t.string({
      nullable: true,
      description: 'The status exactly as the source spelled it.',
      resolve: ({ entity }) => entity.sourceStatus,
    }),
    outcome: t.string({
      nullable: true,
      description: 'Verbatim; only means something when sourceStatus is COMPLETED.',
      resolve: ({ entity }) => entity.outcome,
    }),
    outcomeDetails: t.field({
      type: [IdvOutcomeDetailObject],
      description: "What stands behind the outcome; empty when the person's data are masked.",
      resolve: async (node, _args, context) =>
        (await inClear(node, context, (personal) => personal?.outcomeDetails)) ?? [],
    }),
    sourceHistory: t.field({
      type: [IdvStatusEntryObject],
      description: 'The history as the source tells it.',
      resolve: async (node, _args, context) =>
        clearEntries(personalOf(node)?.sourceHistory ?? [], await clearanceOfEntity(node, context)),
    }),
    processingSummary: t.field({
      type: 'JSON',
      nullable: true,
      description: "The source's summary, unmapped. Masked with the person's data.",
      resolve: (node, _args, context) => inClear(node, context, (personal) => personal?.processingSummary),
    }),
    documentUploadUrl: t.string({
      nullable: true,
      description:
        "Where documents can be uploaded: a link as text, never followed by the gateway. Masked with the person's data.",
      resolve: (node, _args, context) => inClear(node, context, (personal) => personal?.documentUploadUrl),
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was created, by the source.',
      resolve: ({ entity }) => entity.createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last updated, by the source.',
      resolve: ({ entity }) => entity.updatedAt,
    }),
    createdBy: t.field({
      type: ActorObject,
      nullable: true,
      description: 'Who created it.',
      resolve: ({ entity }) => entity.createdBy,
    }),
    updatedBy: t.field({
      type: ActorObject,
      nullable: true,
      description: 'Who last updated it.',
      resolve: ({ entity }) => entity.updatedBy,
    }),
  }),
});
