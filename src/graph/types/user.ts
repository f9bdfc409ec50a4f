import type { Identity } from '#kyc/user';

import { builder } from '../builder.ts';
import { userNode } from '../nodes.ts';
import { personOfUser } from '../person-of-user.ts';
import { owned } from '../personal.ts';
import { readId } from '../read-id.ts';
import { UserRef } from '../refs.ts';
import { canBeAWord } from '../words.ts';
import { FRESHNESS_BELOW, FRESHNESS_INHERITED, FreshnessEnum } from './freshness.ts';
import { KycSummaryObject } from './kyc-summary.ts';
import { PersonObject } from './person.ts';
import { SourceEnum } from './source.ts';

const SourceIdentityObject = builder.objectRef<Identity>('SourceIdentity').implement({
  description: 'A name by which a source knows a user. linkedBy needs kyc:link.',
  fields: (t) => ({
    source: t.expose('source', {
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that uses the name.',
    }),
    externalId: t.exposeID('externalId', {
      dataClass: 'INTERNAL',
      description: "The user's id at the source, verbatim.",
    }),
    linkedAt: t.expose('linkedAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When it came to this user: at first sight, or by a link.',
    }),
    linkedBy: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      needs: 'kyc:link',
      description: 'Who linked it; null where it was never linked by hand.',
      resolve: ({ linkedBy }) => linkedBy,
    }),
    connected: t.exposeBoolean('connected', {
      dataClass: 'INTERNAL',
      description: 'True when a credential to read it is held.',
    }),
  }),
});

UserRef.implement({
  description: 'One person or account, joined over the sources by explicit links.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      dataClass: 'INTERNAL',
      description: 'The public id: opaque, and the same for life.',
      resolve: ({ user }) => user.id,
    }),
    identities: t.field({
      dataClass: 'INTERNAL',
      type: [SourceIdentityObject],
      description: 'The names by which the sources know the user.',
      resolve: ({ user }) => user.identities,
    }),
    person: t.field({
      dataClass: 'INTERNAL',
      type: PersonObject,
      needs: 'kyc:status',
      cost: { asks: 'EVERY_SOURCE' },
      nullable: true,
      description: 'The person: per field, from the newest-observed record that has it.',
      resolve: async ({ user, freshness }, _args, { loaders }) => {
        const { verifications } = await loaders.verificationsOfUser(user, freshness);
        const person = personOfUser(user, verifications);
        return person && owned(person, user.id);
      },
    }),
    kyc: t.field({
      dataClass: 'INTERNAL',
      type: KycSummaryObject,
      needs: 'kyc:status',
      cost: { asks: 'EVERY_SOURCE' },
      nullable: true,
      description: "The answer to 'is this user verified?', with its reasons. Null only with an error.",
      args: { freshness: t.arg({ type: FreshnessEnum, description: FRESHNESS_INHERITED }) },
      resolve: async (node, args, { loaders }) => {
        const of = userNode(node.user, args.freshness ?? node.freshness);
        return { of, read: await loaders.answerOfUser(of.user, of.freshness) };
      },
    }),
    createdAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the gateway first knew the user.',
      resolve: ({ user }) => user.createdAt,
    }),
  }),
});

builder.queryFields((t) => ({
  user: t.field({
    dataClass: 'INTERNAL',
    type: UserRef,
    needs: 'kyc:status',
    cost: { freshness: 'FRESH' },
    nullable: true,
    description: 'One user. Null for an id of nobody that the caller may see.',
    args: {
      id: t.arg.id({ required: true, description: 'The public id of the user.' }),
      freshness: t.arg({ type: FreshnessEnum, description: FRESHNESS_BELOW }),
    },
    resolve: async (_root, { id, freshness }, { loaders }, info) => {
      const user = readId(id, info) === 'User' ? await loaders.user(id) : null;
      return user === null ? null : userNode(user, freshness ?? 'FRESH');
    },
  }),
  userByIdentity: t.field({
    dataClass: 'INTERNAL',
    type: UserRef,
    needs: 'kyc:status',
    cost: { asks: 'ONE_SOURCE', freshness: 'FRESH' },
    nullable: true,
    description: 'The user whom a source knows by this id. Null when nobody is.',
    args: {
      source: t.arg({ type: SourceEnum, required: true, description: 'The source.' }),
      externalId: t.arg.id({ required: true, description: "The user's id at the source, verbatim." }),
      freshness: t.arg({ type: FreshnessEnum, description: FRESHNESS_BELOW }),
    },
    resolve: async (_root, { source, externalId, ...args }, { loaders }) => {
      if (!canBeAWord(externalId)) return null;
      const freshness = args.freshness ?? 'FRESH';
      const user = await loaders.userByIdentity({ source, externalId }, freshness);
      return user === null ? null : userNode(user, freshness);
    },
  }),
}));
