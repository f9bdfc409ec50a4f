import type { Principal } from '#access/principal';
import { decodeId } from '#kyc/id';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { UserRef } from '../refs.ts';
import { canBeAWord } from '../words.ts';
import { invalid, MutationErrorObject, type MutationErrorShape, refused } from './mutation-error.ts';
import { SourceEnum } from './source.ts';
import { noSuchUser } from './user-payload.ts';

const ConnectIdentityInput = builder.inputType('ConnectIdentityInput', {
  description: 'The credential by which one user is read at an owner-only source.',
  fields: (t) => ({
    source: t.field({ type: SourceEnum, required: true, description: 'The source.' }),
    externalId: t.id({ required: true, description: "The caller's name for that owner." }),
    credential: t.string({
      required: true,
      description: 'The credential. Stored encrypted, never shown again.',
    }),
    tenant: t.string({ description: 'What the source wants beside it (Sumvin: the org id).' }),
    userId: t.id({ description: 'The user to join it to; null: its own user, of an end user themselves.' }),
  }),
});

interface ConnectIdentityPayload {
  readonly user: UserNode | null;
  readonly errors: readonly MutationErrorShape[];
}

const ConnectIdentityPayloadObject = builder
  .objectRef<ConnectIdentityPayload>('ConnectIdentityPayload')
  .implement({
    description: 'What came of it.',
    fields: (t) => ({
      user: t.expose('user', {
        dataClass: 'INTERNAL',
        type: UserRef,
        cost: { freshness: 'STORED' },
        nullable: true,
        description: 'The user who now has the identity; null when it was refused.',
      }),
      errors: t.expose('errors', {
        dataClass: 'INTERNAL',
        type: [MutationErrorObject],
        description: 'Why it was refused.',
      }),
    }),
  });

type Input = typeof ConnectIdentityInput.$inferInput;

/** What can stand in a header: visible ASCII. */
const HEADER_WORD = /^[\x21-\x7e]{1,8192}$/;

function faultsOf(input: Input): readonly MutationErrorShape[] {
  const { externalId, credential, tenant, userId } = input;
  const faults: MutationErrorShape[] = [];
  if (!canBeAWord(externalId)) faults.push(invalid('This can be no name of an owner.', ['externalId']));
  if (!HEADER_WORD.test(credential)) faults.push(invalid('This can be no credential.', ['credential']));
  if (tenant != null && !HEADER_WORD.test(tenant)) faults.push(invalid('This can be no tenant.', ['tenant']));
  if (userId != null && decodeId(userId)?.type !== 'User') {
    faults.push(invalid('This is no id of a user.', ['userId']));
  }
  return faults;
}

/** Whose identity it is to be: an end user's own, whom they may name or not; of others whom they name. */
async function readOwner(
  { userId = null }: Input,
  { principal, store, sight }: GraphContext,
): Promise<{ readonly userId: string | null; readonly mayJoin: boolean } | null> {
  if (principal.kind !== 'END_USER') return { userId, mayJoin: true };
  const named = userId ?? principal.userId;
  const [own = null] = named === null ? [] : await store.readUsers([named], sight);
  return own === null ? null : { userId: own.id, mayJoin: false };
}

async function connectIdentity(input: Input, context: GraphContext): Promise<ConnectIdentityPayload> {
  const { actions, principal, store, sight } = context;
  const faults = faultsOf(input);
  if (faults.length > 0) return { user: null, errors: faults };
  const owner = await readOwner(input, context);
  if (owner === null) return { user: null, errors: [noSuchUser('userId')] };
  const { userId, refusal } = await actions.connectIdentity({
    identity: { source: input.source, externalId: input.externalId },
    credential: input.credential,
    tenant: input.tenant ?? null,
    ...owner,
    by: principal.subject,
  });
  if (refusal !== null) return { user: null, errors: [refused(refusal)] };
  const [user = null] = await store.readUsers([userId], sight);
  return { user: user === null ? null : userNode(user, 'STORED'), errors: [] };
}

builder.mutationField('connectIdentity', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: ConnectIdentityPayloadObject,
    cost: { asks: 'ONE_SOURCE', freshness: 'LIVE' },
    needs: [
      { scope: 'kyc:link', kinds: STAFF },
      { scope: null, kinds: ['END_USER'] },
    ],
    audits: {
      action: 'CONNECT',
      about: ({ input }: { input: Input }, principal: Principal) => ({
        userIds: [input.userId ?? principal.userId],
        identities: [input],
      }),
    },
    description:
      "Give the gateway the credential by which one user is read at an owner-only source (a Sumvin PAT, its tenant the org id). externalId is the caller's name for that owner. An end user connects for themselves alone, and no name that another user has. Write-only: stored encrypted, never shown again.",
    args: {
      input: t.arg({
        type: ConnectIdentityInput,
        required: true,
        description: 'Whose credential, and for what.',
      }),
    },
    resolve: (_root, { input }, context) => connectIdentity(input, context),
  }),
);
