import { type NextAction } from '#kyc/answer';
import type { KnownVerification } from '#kyc/known-verification';
import { ruleSentence } from '#kyc/roll-up';
import type { UserAnswer } from '#loaders/loaders';

import { actionUrlOf } from '../action-url.ts';
import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { type UserNode, type VerificationNode, verificationNode } from '../nodes.ts';
import { VerificationRef } from '../refs.ts';
import { SourceReportObject } from './source.ts';
import { KycStatusEnum, KycStatusReasonEnum } from './status.ts';

export const NextActionEnum = builder.enumType('NextAction', {
  description: 'What the user must do next.',
  values: described<NextAction>({
    NONE: 'Nothing: the user is verified.',
    START: 'Begin a verification.',
    UPLOAD_DOCUMENTS: 'Upload documents.',
    PROVIDE_INFORMATION: 'Give the missing information.',
    RESUBMIT: 'Submit again.',
    WAIT: 'Wait for the source.',
    REVERIFY: 'Be verified anew: what the approval rested on has expired.',
    CONTACT_SUPPORT: 'Ask a person: no other way leads on.',
  }),
});

/** An answer, and the user and freshness that it was given for. */
export interface KycSummaryNode {
  readonly of: UserNode;
  readonly read: UserAnswer;
}

function recordOf({ of, read }: KycSummaryNode, id: string | null): VerificationNode | null {
  const known = read.verifications.find((verification: KnownVerification) => verification.id === id);
  return known === undefined ? null : verificationNode(known, of.freshness);
}

export const KycSummaryObject = builder.objectRef<KycSummaryNode>('KycSummary').implement({
  description: "The answer to 'is this user verified?', over all sources.",
  dataOwner: ({ of }) => of.user.id,
  fields: (t) => ({
    status: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      description: 'The one status of this user.',
      resolve: ({ read }) => read.answer.status,
    }),
    reason: t.field({
      dataClass: 'INTERNAL',
      type: KycStatusReasonEnum,
      nullable: true,
      description: 'Why; null when the user has no record that counts.',
      resolve: ({ read }) => read.answer.reason,
    }),
    because: t.field({
      dataClass: 'INTERNAL',
      type: VerificationRef,
      nullable: true,
      description: 'The record that decided; null when the user has none.',
      resolve: (summary) => recordOf(summary, summary.read.answer.becauseId),
    }),
    rule: t.string({
      dataClass: 'PUBLIC',
      description: 'The policy applied, in one sentence.',
      resolve: ({ read }) => ruleSentence(read.answer.policy),
    }),
    nextAction: t.field({
      dataClass: 'INTERNAL',
      type: NextActionEnum,
      description: 'What the user must do next.',
      resolve: ({ read }) => read.answer.nextAction,
    }),
    actionUrl: t.string({
      dataClass: 'PII_HIGH',
      toEndUser: true,
      nullable: true,
      description: 'Where the user can do it (RocketKOR docUploadUrl); for that user and kyc:pii alone.',
      resolve: ({ of, read }) => actionUrlOf(of.user, read),
    }),
    canRetry: t.boolean({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Whether the user may try again; null where the source does not say.',
      resolve: ({ read }) => read.answer.canRetry,
    }),
    contributors: t.field({
      dataClass: 'INTERNAL',
      type: [VerificationRef],
      cost: { rows: 5 },
      description: 'The records that counted: per source and identity the newest.',
      resolve: (summary) =>
        summary.read.answer.contributorIds
          .map((id) => recordOf(summary, id))
          .filter((record) => record !== null),
    }),
    conflicting: t.boolean({
      dataClass: 'INTERNAL',
      description: 'True when one source approved and another rejected.',
      resolve: ({ read }) => read.answer.conflicting,
    }),
    validUntil: t.field({
      dataClass: 'INTERNAL',
      type: 'Date',
      nullable: true,
      description:
        'The last day on which APPROVED stands if nothing else changes; null when it has no end or the status is another.',
      resolve: ({ read }) => read.answer.validUntil,
    }),
    sources: t.field({
      dataClass: 'INTERNAL',
      type: [SourceReportObject],
      description: 'How each enabled source that the caller may see contributed, in registry order.',
      resolve: ({ read }) => read.reports,
    }),
  }),
});
