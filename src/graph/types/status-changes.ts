import { builder } from '../builder.ts';
import { CHANGE_CURSOR, logHeadOf } from '../change-cursor.ts';
import { EVERY_CHANGE, listStatusChanges } from '../change-list.ts';
import { StatusChangeRef, UserRef, VerificationRef } from '../refs.ts';
import './connection-fields.ts';
import { readStatusChangeFilter, StatusChangeFilterInput } from './status-change-filter.ts';

const StatusChangeConnection = builder.connectionObject(
  { name: 'StatusChangeConnection', type: StatusChangeRef, description: 'A page of the change log.' },
  { name: 'StatusChangeEdge', description: 'A change and where it stands in the log.' },
);

builder.queryFields((t) => ({
  statusChanges: t.connection(
    {
      dataClass: 'INTERNAL',
      type: StatusChangeRef,
      needs: 'kyc:status',
      description:
        'The change log itself, oldest first; the same cursors resume the subscriptions. pageInfo.endCursor is the position reached even when the page is empty. A cursor older than what is kept is CURSOR_EXPIRED.',
      args: {
        filter: t.arg({ type: StatusChangeFilterInput, description: 'Which changes are meant.' }),
      },
      resolve: (_root, { filter, ...page }, context) =>
        listStatusChanges(readStatusChangeFilter(filter), page, context),
    },
    StatusChangeConnection,
  ),
  [CHANGE_CURSOR]: t.string({
    dataClass: 'PUBLIC',
    needs: 'kyc:status',
    description:
      'Position of the log, read before anything else in this operation: read, then subscribe after it, and nothing lies between.',
    resolve: async (_root, _args, context) => context.logCursors.seal(await logHeadOf(context)),
  }),
}));

builder.objectField(UserRef, 'timeline', (t) =>
  t.connection(
    {
      dataClass: 'INTERNAL',
      type: StatusChangeRef,
      needs: 'kyc:status',
      description:
        'Every status change of the verifications that count for this user now, over all sources, oldest first.',
      resolve: ({ user }, page, context) =>
        listStatusChanges({ ...EVERY_CHANGE, userIds: [user.id] }, page, context),
    },
    StatusChangeConnection,
  ),
);

builder.interfaceField(VerificationRef, 'history', (t) =>
  t.connection(
    {
      dataClass: 'INTERNAL',
      type: StatusChangeRef,
      description: 'Every status change that the gateway has seen of this record, oldest first.',
      resolve: ({ verification }, page, context) =>
        listStatusChanges({ ...EVERY_CHANGE, verificationIds: [verification.id] }, page, context),
    },
    StatusChangeConnection,
  ),
);
