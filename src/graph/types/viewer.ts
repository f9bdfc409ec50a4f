import type { Principal, PrincipalKind } from '#access/principal';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { userNode } from '../nodes.ts';
import { UserRef } from '../refs.ts';

export const ViewerKindEnum = builder.enumType('ViewerKind', {
  description: 'The kinds of callers.',
  values: described<PrincipalKind>({
    END_USER: 'A user, who sees their own.',
    ANALYST: 'Someone who works with the cases.',
    PARTNER: 'A party that sees what it was granted.',
    OPERATOR: 'Who runs the gateway.',
  }),
});

const ViewerObject = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who asks.',
  fields: (t) => ({
    kind: t.expose('kind', {
      dataClass: 'PUBLIC',
      type: ViewerKindEnum,
      description: 'What kind of caller it is.',
    }),
    subject: t.exposeString('subject', {
      dataClass: 'INTERNAL',
      description: "The caller's own name, as it stands in links and in the audit.",
    }),
    scopes: t.exposeStringList('scopes', { dataClass: 'PUBLIC', description: 'What the caller may do.' }),
    user: t.field({
      dataClass: 'INTERNAL',
      type: UserRef,
      cost: { freshness: 'FRESH' },
      nullable: true,
      description: 'The user that an end user is; null for all others.',
      resolve: async ({ userId }, _args, { loaders }) => {
        const user = userId === null ? null : await loaders.user(userId);
        return user === null ? null : userNode(user, 'FRESH');
      },
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    dataClass: 'PUBLIC',
    type: ViewerObject,
    needs: 'NOTHING',
    description: 'Who asks, as the gateway sees it.',
    resolve: (_root, _args, { principal }) => principal,
  }),
);
