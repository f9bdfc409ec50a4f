import { builder } from '../builder.ts';
import { given } from '../given.ts';
import { userKycChangeNode } from '../nodes.ts';
import { UserKycChangeRef } from '../refs.ts';
import { tailLog } from '../tail-log.ts';
import { userKycChangesQuery } from '../tail-user-kyc-changes.ts';
import { KycStatusEnum } from './status.ts';
import { checkUserIds } from './status-change-filter.ts';

builder.subscriptionField('userKycChanged', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: UserKycChangeRef,
    needs: 'kyc:status',
    description:
      'The answer for a user (User.kyc) changed: by a verification, a link, a merge, the calendar or the policy; a first complete scan tells nothing. Who sees a part of a user is given the answer over that part, as it is now, whenever it may have moved. after: as of statusChanged.',
    args: {
      userIds: t.arg.idList({ description: 'Of these users, by any id that they ever had.' }),
      to: t.arg({ type: [KycStatusEnum], description: 'To one of these statuses.' }),
      after: t.arg.string({ description: 'Only what comes after this cursor of the change log.' }),
    },
    subscribe: (_root, { userIds, to, after }, context) => {
      checkUserIds(userIds);
      return tailLog(userKycChangesQuery(given({ userIds, to })), after, context);
    },
    resolve: (event) => userKycChangeNode(event.given),
  }),
);
