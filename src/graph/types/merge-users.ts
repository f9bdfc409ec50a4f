import { decodeId } from '#kyc/id';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import {
  noSuchUser,
  refusedPayload,
  type UserPayload,
  userPayload,
  userPayloadType,
} from './user-payload.ts';

const MergeUsersInput = builder.inputType('MergeUsersInput', {
  description: 'Which two users are one person.',
  fields: (t) => ({
    keepId: t.id({ required: true, description: 'The user who stays; an alias names the user it became.' }),
    mergeId: t.id({ required: true, description: 'The user who goes; its id is an alias for ever.' }),
    reason: t.string({ description: 'Why, for the audit.' }),
  }),
});

const MergeUsersPayloadObject = userPayloadType(
  'MergeUsersPayload',
  'The user who stayed, with all identities; null when it was refused.',
);

async function mergeUsers(
  { keepId, mergeId, reason }: typeof MergeUsersInput.$inferInput,
  context: GraphContext,
): Promise<UserPayload> {
  const { actions, principal, store, sight } = context;
  const fields = { keepId, mergeId };
  const named = Object.entries(fields).filter(([, id]) => decodeId(id)?.type === 'User');
  const users =
    named.length === 0
      ? []
      : await store.readUsers(
          named.map(([, id]) => id),
          sight,
        );
  const seen = new Set(named.flatMap(([field], at) => (users[at] == null ? [] : [field])));
  const missing = Object.keys(fields).filter((field) => !seen.has(field));
  if (missing.length > 0) return refusedPayload(...missing.map(noSuchUser));
  const request = { by: principal.subject, reason: reason ?? null };
  return await userPayload(await actions.mergeUsers(keepId, mergeId, request), context);
}

builder.mutationField('mergeUsers', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: MergeUsersPayloadObject,
    needs: [{ scope: 'kyc:link', kinds: STAFF }],
    audits: {
      action: 'MERGE',
      about: ({ input: { keepId, mergeId, reason } }: { input: typeof MergeUsersInput.$inferInput }) => ({
        userIds: [keepId, mergeId],
        reason,
      }),
    },
    description:
      'Make one user of two, whoever was linked before. keepId stays, mergeId resolves to it for ever. Two that are one already are found done.',
    args: {
      input: t.arg({ type: MergeUsersInput, required: true, description: 'Who stays, and who goes.' }),
    },
    resolve: (_root, { input }, context) => mergeUsers(input, context),
  }),
);
