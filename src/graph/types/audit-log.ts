import type { PrincipalKind } from '#access/principal';
import { auditEntryId, decodeId } from '#kyc/id';
import type { AuditFilter, AuditRecord } from '#store/audit/audit';

import { builder } from '../builder.ts';
import { connectionOf, readPageArgs } from '../connection.ts';
import { given } from '../given.ts';
import { listName } from '../list-name.ts';
import { AUDITORS } from '../needs.ts';
import { type AuditEntryNode, auditEntryNode } from '../nodes.ts';
import './connection-fields.ts';
import { ViewerKindEnum } from './viewer.ts';

export const AuditEntryRef = builder.objectRef<AuditEntryNode>('AuditEntry');

AuditEntryRef.implement({
  description:
    'Who did what, or was refused it. Never changed, and found to be if it is (kyc-gateway audit verify). It names fields and holds no value of them.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      dataClass: 'PUBLIC',
      description: 'The public id: opaque, and the same for life.',
      resolve: ({ record }) => auditEntryId(record.id),
    }),
    at: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When it was written down: of a read before the answer left, of a write before the write.',
      resolve: ({ record }) => record.at,
    }),
    actor: t.string({
      dataClass: 'INTERNAL',
      description: "The caller's own name.",
      resolve: ({ record }) => record.actor,
    }),
    kind: t.field({
      dataClass: 'INTERNAL',
      type: ViewerKindEnum,
      description: 'What kind of caller it was.',
      resolve: ({ record }) => record.kind as PrincipalKind,
    }),
    action: t.string({
      dataClass: 'INTERNAL',
      description: 'What was done: READ_CLEAR, REVEAL, LINK and others.',
      resolve: ({ record }) => record.action,
    }),
    userId: t.id({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The user whom it is about, by the id at that time; null for nobody.',
      resolve: ({ record }) => record.userId,
    }),
    fields: t.stringList({
      dataClass: 'INTERNAL',
      description: 'The fields of the schema that it is about.',
      resolve: ({ record }) => record.fields,
    }),
    reason: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Why, as the caller said; of what was read in clear, why the user was revealed.',
      resolve: ({ record }) => record.reason,
    }),
    decision: t.string({
      dataClass: 'INTERNAL',
      description: 'ALLOWED or REFUSED. A write that was allowed may still have come to nothing.',
      resolve: ({ record }) => record.decision,
    }),
    requestId: t.string({
      dataClass: 'INTERNAL',
      description: 'The request, as its answer and the log name it.',
      resolve: ({ record }) => record.requestId,
    }),
  }),
});

const AuditConnection = builder.connectionObject(
  { name: 'AuditConnection', type: AuditEntryRef, description: 'A page of the audit.' },
  { name: 'AuditEdge', description: 'An entry and where it stands in its list.' },
);

const positionOf = ({ record }: AuditEntryNode) => ({ value: record.at, id: record.id });
const NOTHING = { rows: [] as readonly AuditRecord[], hasPrevious: false, hasNext: false };

builder.queryField('auditLog', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: AuditConnection,
    needs: AUDITORS,
    description: 'The audit, newest first, then by id.',
    args: {
      first: t.arg.int({ description: 'At most so many entries: 0 to 200. Default 50.' }),
      after: t.arg.string({
        description: 'Only entries after this cursor, which must be of this very list.',
      }),
      userId: t.arg.id({ description: 'About this user, by any id that they ever had.' }),
      actor: t.arg.string({ description: 'Of the caller of this name, verbatim.' }),
    },
    resolve: async (_root, { userId, actor, ...args }, { auditLog, cursors }) => {
      const filter: AuditFilter = given({ userId, actor });
      const list = {
        name: listName({ connection: 'auditLog', parent: null, filter, order: null }),
        positionOf,
      };
      const page = readPageArgs(args, list, cursors);
      const isAboutNobody = userId != null && decodeId(userId)?.type !== 'User';
      const { rows, ...flags } = isAboutNobody ? NOTHING : await auditLog.page({ filter, page });
      return connectionOf({ rows: rows.map(auditEntryNode), ...flags }, list, cursors, {
        totalCount: async () => (isAboutNobody ? 0 : await auditLog.count(filter)),
        sources: async () => [],
      });
    },
  }),
);
