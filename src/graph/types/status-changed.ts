import { builder } from '../builder.ts';
import { statusChangeNode } from '../nodes.ts';
import { StatusChangeRef } from '../refs.ts';
import { tailLog } from '../tail-log.ts';
import { statusChangesQuery } from '../tail-status-changes.ts';
import { readStatusChangeFilter, StatusChangeFilterInput } from './status-change-filter.ts';

builder.subscriptionField('statusChanged', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: StatusChangeRef,
    needs: 'kyc:status',
    description:
      'Status changes as they are learnt. after: a cursor of changeCursor, statusChanges or of an earlier event: first all since, then live, with no gap between. Without after: from now. A cursor older than what is kept is CURSOR_EXPIRED.',
    args: {
      filter: t.arg({ type: StatusChangeFilterInput, description: 'Which changes are meant.' }),
      after: t.arg.string({ description: 'Only what comes after this cursor of the change log.' }),
    },
    subscribe: (_root, { filter, after }, context) =>
      tailLog(statusChangesQuery(readStatusChangeFilter(filter)), after, context),
    resolve: (event) => statusChangeNode(event.given),
  }),
);
