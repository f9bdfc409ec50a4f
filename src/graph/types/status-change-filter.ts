import type { StatusChangeFilter } from '#kyc/change-filter';
import { decodeId, nodeTypeOfKind } from '#kyc/id';

import { builder } from '../builder.ts';
import { badUserInput } from '../errors.ts';
import { given } from '../given.ts';
import { SourceEnum } from './source.ts';
import { KycStatusEnum } from './status.ts';
import { DateTimeRangeInput, instants } from './verification-filter.ts';
import { VerificationKindEnum } from './verification-kind.ts';

export const StatusChangeFilterInput = builder.inputType('StatusChangeFilter', {
  description: 'Which changes are meant: those that fit every field given. An empty list fits nothing.',
  fields: (t) => ({
    userIds: t.idList({
      description: 'Of verifications that count for one of these users now, by any id that they ever had.',
    }),
    verificationIds: t.idList({ description: 'Of these verifications.' }),
    sources: t.field({ type: [SourceEnum], description: 'At these sources.' }),
    kinds: t.field({ type: [VerificationKindEnum], description: 'Of verifications of these kinds.' }),
    from: t.field({
      type: [KycStatusEnum],
      description: 'From one of these statuses. A first sight is from none.',
    }),
    to: t.field({ type: [KycStatusEnum], description: 'To one of these statuses.' }),
    observedAt: t.field({ type: DateTimeRangeInput, description: 'Learnt in this range.' }),
    includeLate: t.boolean({
      defaultValue: false,
      description: 'Also older events that arrived late (effective: false).',
    }),
    includeBackfill: t.boolean({
      defaultValue: false,
      description: "Also the first sight of records during a source's first complete scan.",
    }),
  }),
});

/** Reads a filter as it was given. @throws GraphQLError BAD_USER_INPUT for an id of another thing */
export function readStatusChangeFilter(
  arg: typeof StatusChangeFilterInput.$inferInput | null | undefined,
): StatusChangeFilter {
  if (arg == null) return {};
  const { observedAt, ...lists } = arg;
  checkUserIds(arg.userIds);
  if (arg.verificationIds?.some((id) => !isVerificationId(id)) === true)
    throw badUserInput('The verificationIds of a filter must be ids of verifications.');
  return given({ ...lists, observedAt: instants(observedAt) });
}

/** @throws GraphQLError BAD_USER_INPUT for an id of another thing */
export function checkUserIds(ids: readonly string[] | null | undefined): void {
  if (ids?.some((id) => decodeId(id)?.type !== 'User') === true)
    throw badUserInput('The userIds of a filter must be ids of users.');
}

function isVerificationId(id: string): boolean {
  const type = decodeId(id)?.type;
  return Object.values(nodeTypeOfKind).some((known) => known === type);
}
