import type { GraphQLResolveInfo } from 'graphql';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { type UserNode, userNode, type VerificationNode, verificationNode } from '../nodes.ts';
import { readId } from '../read-id.ts';

/** From the store, in one batch with its neighbours; null for what is nothing, or out of the caller's sight. */
async function loadNode(
  id: string,
  { loaders }: GraphContext,
  info: GraphQLResolveInfo,
): Promise<UserNode | VerificationNode | null> {
  const type = readId(id, info);
  if (type === 'User') {
    const user = await loaders.user(id);
    return user === null ? null : userNode(user, 'STORED');
  }
  const known = type === 'Verification' ? await loaders.verification(id, 'STORED') : null;
  return known === null ? null : verificationNode(known, 'STORED');
}

builder.queryFields((t) => ({
  node: t.field({
    dataClass: 'INTERNAL',
    type: builder.nodeInterfaceRef(),
    needs: 'kyc:status',
    nullable: true,
    description: 'Whatever has this id, from the store. Null for an id of nothing that the caller may see.',
    args: { id: t.arg.id({ required: true, description: 'A public id.' }) },
    resolve: (_root, { id }, context, info) => loadNode(id, context, info),
  }),
  nodes: t.field({
    dataClass: 'INTERNAL',
    type: [builder.nodeInterfaceRef()],
    needs: 'kyc:status',
    cost: { rows: { of: 'ids' } },
    nullable: { list: false, items: true },
    description: 'The same for many ids, in their order, repeated where they repeat.',
    args: { ids: t.arg.idList({ required: true, description: 'Public ids.' }) },
    resolve: (_root, { ids }, context, info) => ids.map((id) => loadNode(id, context, info)),
  }),
}));
