import { decodeId } from '#kyc/id';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import { canBeAWord } from '../words.ts';
import { IdentityInput } from './link-identities.ts';
import { invalid } from './mutation-error.ts';
import {
  noSuchUser,
  refusedPayload,
  type UserPayload,
  userPayload,
  userPayloadType,
} from './user-payload.ts';

const UnlinkIdentityInput = builder.inputType('UnlinkIdentityInput', {
  description: 'Which identity is another person.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The user who has it now; an alias will do.' }),
    identity: t.field({ type: IdentityInput, required: true, description: 'The identity to part.' }),
    reason: t.string({ description: 'Why, for the audit.' }),
  }),
});

const UnlinkIdentityPayloadObject = userPayloadType(
  'UnlinkIdentityPayload',
  'The user that the identity left, with id and aliases as before; who has the identity now is found by userByIdentity. Null when it was refused.',
);

async function unlinkIdentity(
  input: typeof UnlinkIdentityInput.$inferInput,
  context: GraphContext,
): Promise<UserPayload> {
  const { actions, principal, store, sight } = context;
  const { userId, identity } = input;
  if (!canBeAWord(identity.externalId))
    return refusedPayload(invalid('This can be no id at a source.', ['identity', 'externalId']));
  const [user = null] = decodeId(userId)?.type === 'User' ? await store.readUsers([userId], sight) : [];
  if (user === null) return refusedPayload(noSuchUser('userId'));
  const request = { by: principal.subject, reason: input.reason ?? null };
  return await userPayload(await actions.unlinkIdentity(user.id, identity, request), context);
}

builder.mutationField('unlinkIdentity', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: UnlinkIdentityPayloadObject,
    needs: [{ scope: 'kyc:link', kinds: STAFF }],
    audits: {
      action: 'UNLINK',
      about: ({ input }: { input: typeof UnlinkIdentityInput.$inferInput }) => ({
        userIds: [input.userId],
        reason: input.reason,
      }),
    },
    description:
      'Say that an identity is another person after all. The user keeps its id and aliases, also when the identity founded it; what splits off is a user under an id that nobody had before. The last identity is refused.',
    args: {
      input: t.arg({ type: UnlinkIdentityInput, required: true, description: 'Whose identity, and which.' }),
    },
    resolve: (_root, { input }, context) => unlinkIdentity(input, context),
  }),
);
