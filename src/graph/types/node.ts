import type { GraphQLResolveInfo } from 'graphql';

import { decodeId, positionOfChange } from '#kyc/id';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { AUDITORS, mayHave, OPERATORS } from '../needs.ts';
import {
  type AuditEntryNode,
  auditEntryNode,
  type PutAsideEventNode,
  putAsideEventNode,
  type StatusChangeNode,
  statusChangeNode,
  type UserKycChangeNode,
  type UserNode,
  userKycChangeNode,
  userNode,
  type VerificationNode,
  verificationNode,
} from '../nodes.ts';
import { readId } from '../read-id.ts';

type NamedNode =
  | UserNode
  | VerificationNode
  | AuditEntryNode
  | StatusChangeNode
  | UserKycChangeNode
  | PutAsideEventNode;

/** From the store, in one batch with its neighbours; null for what is nothing, or out of the caller's sight. */
async function loadNode(
  id: string,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<NamedNode | null> {
  const type = readId(id, info);
  if (type === 'StatusChange' || type === 'UserKycChange') return await loadChange(id, context);
  if (type === 'PutAsideEvent') return await loadPutAsideEvent(id, context);
  if (type === 'AuditEntry') return await loadAuditEntry(id, context);
  if (type === 'User') {
    const user = await context.loaders.user(id);
    return user === null ? null : userNode(user, 'STORED');
  }
  const known = type === 'Verification' ? await context.loaders.verification(id, 'STORED') : null;
  return known === null ? null : verificationNode(known, 'STORED');
}

/** To who may not read the audit, an entry is like one that is not there. */
async function loadAuditEntry(
  id: string,
  { auditLog, principal }: GraphContext,
): Promise<AuditEntryNode | null> {
  const decoded = mayHave(principal, AUDITORS) ? decodeId(id) : null;
  const record = decoded?.type === 'AuditEntry' ? await auditLog.read(decoded.key) : null;
  return record === null ? null : auditEntryNode(record);
}

/** To who may not work on them, an event is like one that is not there. */
async function loadPutAsideEvent(
  id: string,
  { webhookEvents, principal }: GraphContext,
): Promise<PutAsideEventNode | null> {
  const decoded = mayHave(principal, OPERATORS) ? decodeId(id) : null;
  const event = decoded?.type === 'PutAsideEvent' ? await webhookEvents.readPutAside(decoded.key) : null;
  return event === null ? null : putAsideEventNode(event);
}

async function loadChange(
  id: string,
  { store: { changes }, sight }: GraphContext,
): Promise<StatusChangeNode | UserKycChangeNode | null> {
  const decoded = decodeId(id);
  const position = decoded !== null && 'key' in decoded ? positionOfChange(decoded.key, changes.epoch) : null;
  const row = position === null ? null : await changes.readAt(position, sight);
  if (row === null) return null;
  const node = 'verificationId' in row ? statusChangeNode(row) : userKycChangeNode(row);
  return decoded?.type === node.__typename ? node : null;
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
