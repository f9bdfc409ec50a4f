import type { LearntBy } from '#kyc/change';
import { changeId } from '#kyc/id';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { userNode, verificationNode } from '../nodes.ts';
import { StatusChangeRef, UserRef, VerificationRef } from '../refs.ts';
import { SourceEnum } from './source.ts';
import { KycStatusEnum, KycStatusReasonEnum } from './status.ts';
import { VerificationKindEnum } from './verification-kind.ts';

const LearntByEnum = builder.enumType('LearntBy', {
  description: 'How the gateway learnt of a change.',
  values: described<LearntBy>({
    BACKFILL:
      "First sight, during a source's first complete scan or, where a source cannot be listed, by the first read of an identity.",
    POLL: 'By looking again.',
    WEBHOOK: 'The source told of it, and a read confirmed it.',
    READ: 'By a read for a caller.',
    MUTATION: 'It was done through the gateway.',
  }),
});

StatusChangeRef.implement({
  description:
    "One row whenever status, statusReason, sourceStatus or outcome of a record differs from what was stored (so from may equal to). It holds ids and the source's words alone.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      dataClass: 'PUBLIC',
      description: 'The public id: opaque, and the same for life.',
      resolve: ({ change: { position } }, _args, { store }) =>
        changeId('StatusChange', { epoch: store.changes.epoch, position }),
    }),
    cursor: t.string({
      dataClass: 'PUBLIC',
      description: 'Position in the change log. Pass it back as after.',
      resolve: ({ change }, _args, { logCursors }) => logCursors.seal(change.position),
    }),
    sequence: t.int({
      dataClass: 'INTERNAL',
      description:
        "Counts the rows of one verification: 1, 2, 3 ... A filter, a caller's sight and retention make holes that are not losses.",
      resolve: ({ change }) => change.sequence,
    }),
    verificationId: t.id({
      dataClass: 'INTERNAL',
      description: 'The id of the verification.',
      resolve: ({ change }) => change.verificationId,
    }),
    source: t.field({
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that holds it.',
      resolve: ({ change }) => change.source,
    }),
    kind: t.field({
      dataClass: 'INTERNAL',
      type: VerificationKindEnum,
      description: 'What kind of verification it is.',
      resolve: ({ change }) => change.kind,
    }),
    verification: t.field({
      dataClass: 'INTERNAL',
      type: VerificationRef,
      nullable: true,
      description: 'The verification as it is now, from the store.',
      resolve: async ({ change }, _args, { loaders }) => {
        const known = await loaders.verification(change.verificationId, 'STORED');
        return known === null ? null : verificationNode(known, 'STORED');
      },
    }),
    user: t.field({
      dataClass: 'INTERNAL',
      type: UserRef,
      nullable: true,
      description: 'The user whom the verification belongs to now; null where the source names none.',
      resolve: async ({ change: { userId } }, _args, { loaders }) => {
        const user = userId === null ? null : await loaders.user(userId);
        return user === null ? null : userNode(user, 'STORED');
      },
    }),
    from: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      nullable: true,
      description: "Null on first sight. Among effective changes, from is the previous one's to.",
      resolve: ({ change }) => change.from,
    }),
    to: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      description: 'The unified status.',
      resolve: ({ change }) => change.to,
    }),
    reason: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusReasonEnum,
      nullable: true,
      description: 'Why the status is what it is.',
      resolve: ({ change }) => change.reason,
    }),
    sourceStatus: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The status as the source spelled it; of a word that no table knows, 64 plain characters.',
      resolve: ({ change }) => change.sourceStatus,
    }),
    outcome: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: "The source's outcome, of which 64 plain characters are kept.",
      resolve: ({ change }) => change.outcome,
    }),
    effective: t.boolean({
      dataClass: 'INTERNAL',
      description:
        'False for an older event that arrived late: kept as history, the record did not move. Fold only effective changes.',
      resolve: ({ change }) => change.effective,
    }),
    occurredAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: "When it happened, by the source's clock; null where the source does not say.",
      resolve: ({ change }) => change.occurredAt,
    }),
    observedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the gateway learnt of it.',
      resolve: ({ change }) => change.observedAt,
    }),
    learntBy: t.field({
      dataClass: 'INTERNAL',
      type: LearntByEnum,
      description: 'How the gateway learnt of it.',
      resolve: ({ change }) => change.learntBy,
    }),
    sourceEventId: t.id({
      dataClass: 'INTERNAL',
      nullable: true,
      description: "The source's own id of the event, where it has one (Upvest).",
      resolve: ({ change }) => change.sourceEventId,
    }),
  }),
});
