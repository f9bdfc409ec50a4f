import type { SourceId } from '#kyc/source-id';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { UserRef } from '../refs.ts';
import { canBeAWord } from '../words.ts';
import { invalid, MutationErrorObject, type MutationErrorShape, refused } from './mutation-error.ts';
import { SourceEnum } from './source.ts';

export const IdentityInput = builder.inputType('IdentityInput', {
  description: 'A name by which a source knows a user.',
  fields: (t) => ({
    source: t.field({ type: SourceEnum, required: true, description: 'The source that uses the name.' }),
    externalId: t.id({ required: true, description: "The user's id at the source, verbatim." }),
  }),
});

const LinkIdentitiesInput = builder.inputType('LinkIdentitiesInput', {
  description: 'Which identities are one person.',
  fields: (t) => ({
    links: t.field({
      type: t.listRef(t.listRef(IdentityInput)),
      required: true,
      description: 'Each inner list is one person; a list of one makes an identity known.',
    }),
    reason: t.string({ description: 'Why, for the audit.' }),
  }),
});

interface LinkIdentitiesPayload {
  readonly users: readonly (UserNode | null)[];
  readonly errors: readonly MutationErrorShape[];
}

const LinkIdentitiesPayloadObject = builder
  .objectRef<LinkIdentitiesPayload>('LinkIdentitiesPayload')
  .implement({
    description:
      'users[i] answers links[i] and is null when that list was refused (path ["links", "i"]); each list is its own transaction.',
    fields: (t) => ({
      users: t.expose('users', {
        dataClass: 'INTERNAL',
        type: [UserRef],
        nullable: { list: false, items: true },
        description: 'The users as they then stand.',
      }),
      errors: t.expose('errors', {
        dataClass: 'INTERNAL',
        type: [MutationErrorObject],
        description: 'Why lists were refused.',
      }),
    }),
  });

type Link = readonly { readonly source: SourceId; readonly externalId: string }[];

function isLink(list: Link): boolean {
  return list.length > 0 && list.every(({ externalId }) => canBeAWord(externalId));
}

async function linkIdentities(
  links: readonly Link[],
  reason: string | null,
  { actions, principal, store, sight }: GraphContext,
): Promise<LinkIdentitiesPayload> {
  const good = links.flatMap((list, index) => (isLink(list) ? [{ list, index }] : []));
  const request = { by: principal.subject, reason };
  const outcomes =
    good.length === 0
      ? []
      : await actions.linkIdentities(
          good.map(({ list }) => list),
          request,
        );
  const byIndex = new Map(good.map(({ index }, at) => [index, outcomes[at]]));
  const ids = outcomes.map((outcome) => outcome.userId).filter((id) => id !== null);
  const found = ids.length === 0 ? [] : await store.readUsers(ids, sight);
  const userById = new Map(ids.map((id, at) => [id, found[at] ?? null]));

  const errors = links.flatMap((_list, index) => {
    const path = ['links', String(index)];
    const outcome = byIndex.get(index);
    if (outcome === undefined) return [invalid('A list needs one identity at least, each with an id.', path)];
    return outcome.refusal === null ? [] : [refused(outcome.refusal, path)];
  });
  const users = links.map((_list, index) => {
    const user = userById.get(byIndex.get(index)?.userId ?? '') ?? null;
    return user === null ? null : userNode(user, 'STORED');
  });
  return { users, errors };
}

builder.mutationField('linkIdentities', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: LinkIdentitiesPayloadObject,
    needs: [{ scope: 'kyc:link', kinds: STAFF }],
    audits: {
      action: 'LINK',
      about: ({ input }: { input: typeof LinkIdentitiesInput.$inferInput }) => ({
        identities: input.links.flat(),
        reason: input.reason,
      }),
    },
    description:
      'Say that identities are one person. Identities not seen before are taken too. Never done by the gateway itself, and never by name.',
    args: { input: t.arg({ type: LinkIdentitiesInput, required: true, description: 'Who is whom.' }) },
    resolve: (_root, { input }, context) => linkIdentities(input.links, input.reason ?? null, context),
  }),
);
