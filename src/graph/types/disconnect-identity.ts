import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import { canBeAWord } from '../words.ts';
import { invalid, refused } from './mutation-error.ts';
import { SourceEnum } from './source.ts';
import { refusedPayload, type UserPayload, userPayload, userPayloadType } from './user-payload.ts';

const DisconnectIdentityInput = builder.inputType('DisconnectIdentityInput', {
  description: 'Whose credential is to be forgotten.',
  fields: (t) => ({
    source: t.field({ type: SourceEnum, required: true, description: 'The source.' }),
    externalId: t.id({ required: true, description: 'The name under which the owner was connected.' }),
  }),
});

const DisconnectIdentityPayloadObject = userPayloadType(
  'DisconnectIdentityPayload',
  'The user who has the identity; null when it was refused.',
);

async function disconnectIdentity(
  { source, externalId }: typeof DisconnectIdentityInput.$inferInput,
  context: GraphContext,
): Promise<UserPayload> {
  const { actions, principal, loaders } = context;
  if (!canBeAWord(externalId))
    return refusedPayload(invalid('This can be no name of an owner.', ['externalId']));
  const identity = { source, externalId };
  if ((await loaders.userByIdentity(identity, 'STORED')) === null)
    return refusedPayload(
      refused({ code: 'NOT_FOUND', message: 'There is no such identity.' }, ['externalId']),
    );
  return await userPayload(await actions.disconnectIdentity(identity, { by: principal.subject }), context);
}

builder.mutationField('disconnectIdentity', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: DisconnectIdentityPayloadObject,
    needs: [{ scope: 'kyc:link', kinds: STAFF }],
    audits: {
      action: 'DISCONNECT',
      about: ({ input }: { input: typeof DisconnectIdentityInput.$inferInput }) => ({ identities: [input] }),
    },
    description:
      "Forget the credential by which one user is read at an owner-only source: the source is not asked for that user any more, and what was read stays. Another owner's credential under the same name is still refused.",
    args: {
      input: t.arg({ type: DisconnectIdentityInput, required: true, description: 'Whose credential.' }),
    },
    resolve: (_root, { input }, context) => disconnectIdentity(input, context),
  }),
);
