import { builder, type ConnectionExtras } from '../builder.ts';
import { SourceReportObject } from './source.ts';
import { VerificationFilterInput } from './verification-filter.ts';
import { VerificationOrderInput } from './verification-order.ts';

builder.globalConnectionFields((t) => ({
  totalCount: t.int({
    dataClass: 'INTERNAL',
    nullable: true,
    description: 'How many rows the whole list has that the caller may see. Counted only when asked for.',
    resolve: ({ totalCount }) => totalCount(),
  }),
}));

/** On every connection of verifications. */
export const reportsField = {
  dataClass: 'INTERNAL',
  type: [SourceReportObject] as [typeof SourceReportObject],
  description:
    'One report per enabled source that the caller may see and that this field could draw on, in registry order.',
  resolve: ({ sources }: ConnectionExtras) => sources(),
} as const;

/** What every connection of verifications takes beside the arguments of paging. */
export const verificationListArgs = builder.args((t) => ({
  filter: t.field({
    type: VerificationFilterInput,
    description: 'Which verifications are meant. Default: all.',
  }),
  orderBy: t.field({
    type: VerificationOrderInput,
    description: 'Default: newest lastChangedAt first. Ties by id; nulls last in both directions.',
  }),
}));
