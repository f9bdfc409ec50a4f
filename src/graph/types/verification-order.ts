import type { VerificationOrder } from '#kyc/verification-filter';

import { builder } from '../builder.ts';
import { described } from '../described.ts';

const VerificationOrderFieldEnum = builder.enumType('VerificationOrderField', {
  description:
    'Nulls last in both directions; ties by id in byte order; the same on every store. A null never matches a range.',
  values: {
    LAST_CHANGED_AT: { value: 'lastChangedAt', description: 'By lastChangedAt.' },
    STATUS_SINCE: { value: 'statusSince', description: 'By statusSince.' },
    CREATED_AT: { value: 'createdAt', description: 'By createdAt.' },
    UPDATED_AT: { value: 'updatedAt', description: 'By updatedAt.' },
    DECIDED_AT: { value: 'decidedAt', description: 'By decidedAt.' },
  },
});

const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which way a list is ordered.',
  values: described<VerificationOrder['direction']>({
    ASC: 'Oldest first.',
    DESC: 'Newest first.',
  }),
});

export const VerificationOrderInput = builder.inputType('VerificationOrder', {
  description: 'How verifications are ordered.',
  fields: (t) => ({
    field: t.field({
      type: VerificationOrderFieldEnum,
      required: true,
      description: 'The time to order by.',
    }),
    direction: t.field({ type: OrderDirectionEnum, required: true, description: 'Which way.' }),
  }),
});

const NEWEST_CHANGE_FIRST: VerificationOrder = { by: 'lastChangedAt', direction: 'DESC' };

export function readVerificationOrder(
  arg: typeof VerificationOrderInput.$inferInput | null | undefined,
): VerificationOrder {
  return arg == null ? NEWEST_CHANGE_FIRST : { by: arg.field, direction: arg.direction };
}
