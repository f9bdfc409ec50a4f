import type { UserChangeCause } from '#kyc/change';
import { changeId } from '#kyc/id';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { userNode, verificationNode } from '../nodes.ts';
import { UserKycChangeRef, UserRef, VerificationRef } from '../refs.ts';
import { NextActionEnum } from './kyc-summary.ts';
import { KycStatusEnum, KycStatusReasonEnum } from './status.ts';

const UserChangeCauseEnum = builder.enumType('UserChangeCause', {
  description: "What moved a user's answer.",
  values: described<UserChangeCause>({
    BACKFILL: "First sight of records during a source's first complete scan.",
    VERIFICATION: 'A verification changed.',
    LINK: 'Identities were linked.',
    UNLINK: 'An identity was parted from the user.',
    MERGE: 'Two users became one.',
    LAPSE: 'A day came: what an approval rested on has expired.',
    POLICY: 'The answer is computed by another policy.',
  }),
});

UserKycChangeRef.implement({
  description:
    'The answer for a user (User.kyc) changed: its status, reason, next action or deciding record.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      dataClass: 'PUBLIC',
      description: 'The public id: opaque, and the same for life.',
      resolve: ({ change: { position } }, _args, { store }) =>
        changeId('UserKycChange', { epoch: store.changes.epoch, position }),
    }),
    cursor: t.string({
      dataClass: 'PUBLIC',
      description: 'Position in the change log. Pass it back as after.',
      resolve: ({ change }, _args, { logCursors }) => logCursors.seal(change.position),
    }),
    sequence: t.int({
      dataClass: 'INTERNAL',
      description:
        "Counts the rows of one user: 1, 2, 3 ... A filter, a caller's sight and retention make holes that are not losses. 0 for who sees a part of the user.",
      resolve: ({ change }) => change.sequence,
    }),
    userId: t.id({
      dataClass: 'INTERNAL',
      description: 'The user, by the id at that time.',
      resolve: ({ change }) => change.userId,
    }),
    user: t.field({
      dataClass: 'INTERNAL',
      type: UserRef,
      nullable: true,
      description: 'The user as they are now.',
      resolve: async ({ change }, _args, { loaders }) => {
        const user = await loaders.user(change.userId);
        return user === null ? null : userNode(user, 'STORED');
      },
    }),
    from: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      nullable: true,
      description: 'Null where there was no answer before, or it is not told to who sees a part of the user.',
      resolve: ({ change }) => change.from,
    }),
    to: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      description: 'The status of the answer.',
      resolve: ({ change }) => change.to,
    }),
    reason: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusReasonEnum,
      nullable: true,
      description: 'Why; null when the user has no record that counts.',
      resolve: ({ change }) => change.reason,
    }),
    nextAction: t.field({
      dataClass: 'INTERNAL',
      type: NextActionEnum,
      description: 'What the user must do next.',
      resolve: ({ change }) => change.nextAction,
    }),
    because: t.field({
      dataClass: 'INTERNAL',
      type: VerificationRef,
      nullable: true,
      description: 'The record that decided, as it is now; null when there was none.',
      resolve: async ({ change: { becauseId } }, _args, { loaders }) => {
        const known = becauseId === null ? null : await loaders.verification(becauseId, 'STORED');
        return known === null ? null : verificationNode(known, 'STORED');
      },
    }),
    cause: t.field({
      dataClass: 'INTERNAL',
      type: UserChangeCauseEnum,
      description: 'What moved the answer.',
      resolve: ({ change }) => change.cause,
    }),
    observedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the gateway knew.',
      resolve: ({ change }) => change.observedAt,
    }),
  }),
});
