import type { GraphQLResolveInfo } from 'graphql';

import type { SourceReport } from '#kyc/source-report';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { readId } from '../read-id.ts';
import { UserRef } from '../refs.ts';
import { MutationErrorObject, type MutationErrorShape, refused } from './mutation-error.ts';
import { SourceReportObject } from './source.ts';

const RefreshUserInput = builder.inputType('RefreshUserInput', {
  description: 'Whom to refresh.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The public id of the user.' }) }),
});

interface RefreshUserPayload {
  readonly user: UserNode | null;
  readonly sources: readonly SourceReport[];
  readonly errors: readonly MutationErrorShape[];
}

const RefreshUserPayloadObject = builder.objectRef<RefreshUserPayload>('RefreshUserPayload').implement({
  description: 'The user as it then stands.',
  fields: (t) => ({
    user: t.expose('user', {
      dataClass: 'INTERNAL',
      type: UserRef,
      cost: { freshness: 'STORED' },
      nullable: true,
      description: 'The user, with what the sources said; null when it was refused.',
    }),
    sources: t.expose('sources', {
      dataClass: 'INTERNAL',
      type: [SourceReportObject],
      description: 'What each source gave.',
    }),
    errors: t.expose('errors', {
      dataClass: 'INTERNAL',
      type: [MutationErrorObject],
      description: 'Why it was refused.',
    }),
  }),
});

const NOT_FOUND = refused({ code: 'NOT_FOUND', message: 'There is no such user.' }, ['id']);

/** Reads the user anew behind the action: what the request had loaded before is older than what the action learnt. */
async function refreshUser(
  id: string,
  { actions, store, sight, loaders }: GraphContext,
  info: GraphQLResolveInfo,
): Promise<RefreshUserPayload> {
  const [before = null] = readId(id, info) === 'User' ? await store.readUsers([id], sight) : [];
  if (before === null) return { user: null, sources: [], errors: [NOT_FOUND] };
  const seen = new Set(await loaders.sourcesOfUser(before));
  const sources = (await actions.refreshUser(before)).filter(({ source }) => seen.has(source));
  const [after = null] = await store.readUsers([before.id], sight);
  return { user: after === null ? null : userNode(after, 'STORED'), sources, errors: [] };
}

builder.mutationField('refreshUser', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: RefreshUserPayloadObject,
    cost: { asks: 'EVERY_SOURCE', freshness: 'LIVE' },
    needs: [
      { scope: 'kyc:status', kinds: [...STAFF, 'END_USER'] },
      { scope: 'kyc:write', kinds: ['PARTNER'] },
    ],
    audits: {
      action: 'REFRESH',
      about: ({ input }: { input: typeof RefreshUserInput.$inferInput }) => ({ userIds: [input.id] }),
    },
    description: 'Ask every linked source now (Sumvin: refresh=true) and return the user as it then stands.',
    args: { input: t.arg({ type: RefreshUserInput, required: true, description: 'Whom to refresh.' }) },
    resolve: (_root, { input }, context, info) => refreshUser(input.id, context, info),
  }),
);
