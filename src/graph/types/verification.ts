import { builder } from '../builder.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { rawOf } from '../raw-of.ts';
import { UserRef, VerificationRef } from '../refs.ts';
import { FieldFaultObject, ProvenanceObject } from './provenance.ts';
import { SourceEnum } from './source.ts';
import { KycStatusEnum, KycStatusReasonEnum } from './status.ts';
import { VerificationKindEnum } from './verification-kind.ts';

VerificationRef.implement({
  description: 'What the KycRecords, Checks and IdvApplications of all sources have in common.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: (node) => node.__typename,
  fields: (t) => ({
    id: t.id({
      dataClass: 'INTERNAL',
      description: 'The public id: opaque, and the same for life.',
      resolve: ({ verification }) => verification.id,
    }),
    source: t.field({
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that holds it.',
      resolve: ({ verification }) => verification.source,
    }),
    kind: t.field({
      dataClass: 'INTERNAL',
      type: VerificationKindEnum,
      description: 'What kind of verification it is.',
      resolve: ({ verification }) => verification.kind,
    }),
    externalId: t.id({
      dataClass: 'INTERNAL',
      description:
        "The id at the source, verbatim; where the source gives none (Sumvin), the owner's name given when it was connected.",
      resolve: ({ verification }) => verification.externalId,
    }),
    externalUserId: t.id({
      dataClass: 'INTERNAL',
      nullable: true,
      description: "The user's id at the source, verbatim (RocketKOR accountId; Sumvin the owner's name).",
      resolve: ({ verification }) => verification.externalUserId,
    }),
    user: t.field({
      dataClass: 'INTERNAL',
      type: UserRef,
      nullable: true,
      description: 'The user whom it belongs to; null where the source names none.',
      resolve: async ({ verification, freshness }, _args, { loaders }): Promise<UserNode | null> => {
        const user = verification.userId === null ? null : await loaders.user(verification.userId);
        return user === null ? null : userNode(user, freshness);
      },
    }),
    status: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      description: 'The unified status.',
      resolve: ({ verification }) => verification.status,
    }),
    statusReason: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusReasonEnum,
      nullable: true,
      description: 'Why the status is what it is.',
      resolve: ({ verification }) => verification.reason,
    }),
    sourceStatus: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The status exactly as the source spelled it.',
      resolve: ({ verification }) => verification.sourceStatus,
    }),
    canRetry: t.boolean({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Whether the user may try again. Null where the source does not say.',
      resolve: ({ verification }) => verification.canRetry,
    }),
    createdAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was created, by the source; null where it does not say.',
      resolve: ({ verification }) => verification.createdAt,
    }),
    updatedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was last updated, by the source; null where it does not say.',
      resolve: ({ verification }) => verification.updatedAt,
    }),
    decidedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the final decision was taken.',
      resolve: ({ verification }) => verification.decidedAt,
    }),
    lastChangedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the gateway last learnt a change of this record. Never null: the default order.',
      resolve: ({ verification }) => verification.lastChangedAt,
    }),
    statusSince: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description:
        "Since when the status is what it is: by the source's clock where it says, else when it was learnt.",
      resolve: ({ verification }) => verification.statusSince,
    }),
    provenance: t.field({
      dataClass: 'INTERNAL',
      type: ProvenanceObject,
      description: 'Where the values come from and how old they are.',
      resolve: ({ verification }) => verification,
    }),
    faults: t.field({
      dataClass: 'INTERNAL',
      type: [FieldFaultObject],
      description:
        'Fields that the source gave in a form that could not be read; they are null here. Never their values.',
      resolve: ({ verification }) => verification.faults,
    }),
    raw: t.field({
      dataClass: 'PII_HIGH',
      needs: 'kyc:raw',
      type: 'JSON',
      nullable: true,
      description:
        "The source's payload, unmapped. Needs the scope kyc:raw and whatever clear reading of this user needs, and is audited as one; of everybody whom it names, if there are more. Null where none is kept: a record deleted at its source, an identity that was erased.",
      resolve: (node, _args, context) => rawOf(node, context),
    }),
  }),
});
