import type { CheckType } from '#kyc/check';
import { DayRangeError, rangeOfDays } from '#kyc/day-range';
import { decodeId } from '#kyc/id';
import type { InstantRange, VerificationFilter, VerificationTime } from '#kyc/verification-filter';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { badUserInput } from '../errors.ts';
import { given } from '../given.ts';
import { canBeAWord } from '../words.ts';
import { SourceEnum } from './source.ts';
import { KycStatusEnum, KycStatusReasonEnum } from './status.ts';
import { VerificationKindEnum } from './verification-kind.ts';

export const CheckTypeEnum = builder.enumType('CheckType', {
  description: 'What a check is about.',
  values: described<CheckType>({
    KYC: 'Who the user is.',
    INSTRUMENT_FIT: 'Whether an instrument suits the user. It never counts for the answer.',
    PROOF_OF_RESIDENCE: 'Where the user lives. It never counts for the answer.',
    COMPLIANCE: 'Sanctions and the like: it can reject, and never approves.',
    OTHER: 'Anything else; sourceType has the word.',
  }),
});

export const DateTimeRangeInput = builder.inputType('DateTimeRange', {
  description: 'from is inclusive, before is exclusive.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'The first instant of the range; null: no beginning.' }),
    before: t.field({ type: 'DateTime', description: 'The first instant after the range; null: no end.' }),
  }),
});

const DayRangeInput = builder.inputType('DayRange', {
  description:
    'Calendar days, both inclusive, in timeZone: an IANA name, Z, UTC, GMT, or an offset such as +2, -05:30, UTC+1. Default UTC.',
  fields: (t) => ({
    from: t.field({ type: 'Date', description: 'The first day; null: no beginning.' }),
    to: t.field({ type: 'Date', description: 'The last day; null: no end.' }),
    timeZone: t.string({ description: 'Whose days are meant. Default UTC.' }),
  }),
});

export const VerificationFilterInput = builder.inputType('VerificationFilter', {
  description:
    'Which verifications are meant: those that fit every field given. An empty list fits nothing; a null value never matches a range.',
  fields: (t) => ({
    sources: t.field({ type: [SourceEnum], description: 'Of these sources.' }),
    kinds: t.field({ type: [VerificationKindEnum], description: 'Of these kinds.' }),
    statuses: t.field({ type: [KycStatusEnum], description: 'In one of these statuses.' }),
    statusReasons: t.field({ type: [KycStatusReasonEnum], description: 'For one of these reasons.' }),
    sourceStatuses: t.stringList({
      description: "With one of these words of the source's own; case, spaces and punctuation do not matter.",
    }),
    outcomes: t.stringList({
      description:
        "With one of these outcomes of the source's own; case, spaces and punctuation do not matter.",
    }),
    userId: t.id({ description: 'That count for this user. Below a User only that very user fits.' }),
    externalIds: t.idList({ description: 'With one of these ids at their source, verbatim.' }),
    externalUserIds: t.idList({ description: "Of one of these users by their source's own id, verbatim." }),
    profileIds: t.stringList({ description: 'Made under one of these profiles (applications), verbatim.' }),
    accountTypes: t.stringList({
      description: 'For one of these types of account (applications), verbatim.',
    }),
    checkTypes: t.field({ type: [CheckTypeEnum], description: 'Narrows checks; other kinds pass.' }),
    createdAt: t.field({ type: DateTimeRangeInput, description: 'Created in this range.' }),
    updatedAt: t.field({ type: DateTimeRangeInput, description: 'Updated in this range.' }),
    decidedAt: t.field({ type: DateTimeRangeInput, description: 'Decided in this range.' }),
    statusSince: t.field({
      type: DateTimeRangeInput,
      description: 'In their status since a time in this range.',
    }),
    lastChangedAt: t.field({ type: DateTimeRangeInput, description: 'Last seen to change in this range.' }),
    createdOn: t.field({ type: DayRangeInput, description: 'Created on these days.' }),
    decidedOn: t.field({ type: DayRangeInput, description: 'Decided on these days.' }),
    hasFaults: t.boolean({ description: 'With fields that could not be read, or without.' }),
  }),
});

type FilterArg = typeof VerificationFilterInput.$inferInput | null | undefined;

/** Reads a filter as it was given. @throws GraphQLError BAD_USER_INPUT for an id of no user, or days that are none */
export function readVerificationFilter(arg: FilterArg): VerificationFilter {
  if (arg == null) return {};
  if (arg.userId != null && decodeId(arg.userId)?.type !== 'User') {
    throw badUserInput('The userId of a filter must be the id of a user.');
  }
  const { sources, kinds, statuses, statusReasons, checkTypes, userId, hasFaults } = arg;
  return given({
    sources,
    kinds,
    statuses,
    statusReasons,
    checkTypes,
    userId,
    hasFaults,
    sourceStatuses: words(arg.sourceStatuses),
    outcomes: words(arg.outcomes),
    externalIds: words(arg.externalIds),
    externalUserIds: words(arg.externalUserIds),
    profileIds: words(arg.profileIds),
    accountTypes: words(arg.accountTypes),
    times: readTimes(arg),
  });
}

/** What cannot be a word of a source matches nothing, and is not asked for. */
function words(texts: readonly string[] | null | undefined): readonly string[] | null {
  return texts == null ? null : texts.filter(canBeAWord);
}

function readTimes(arg: NonNullable<FilterArg>): VerificationFilter['times'] | null {
  const ranges: Record<VerificationTime, readonly (InstantRange | null)[]> = {
    createdAt: [instants(arg.createdAt), days(arg.createdOn)],
    updatedAt: [instants(arg.updatedAt)],
    decidedAt: [instants(arg.decidedAt), days(arg.decidedOn)],
    statusSince: [instants(arg.statusSince)],
    lastChangedAt: [instants(arg.lastChangedAt)],
  };
  const named = Object.entries(ranges)
    .map(([time, all]) => [time, all.filter((range) => range !== null)] as const)
    .filter(([, all]) => all.length > 0);
  return named.length === 0 ? null : Object.fromEntries(named);
}

export function instants(
  range: typeof DateTimeRangeInput.$inferInput | null | undefined,
): InstantRange | null {
  return range == null ? null : { from: range.from ?? null, before: range.before ?? null };
}

function days(range: typeof DayRangeInput.$inferInput | null | undefined): InstantRange | null {
  if (range == null) return null;
  const { from = null, to = null, timeZone = null } = range;
  try {
    return rangeOfDays({ from, to, timeZone });
  } catch (error) {
    if (error instanceof DayRangeError) throw badUserInput(error.message);
    throw error;
  }
}
