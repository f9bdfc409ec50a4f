import { parseTimeZone } from '#kyc/time-zone';
import {
  approvalRate,
  type DecisionTimes,
  groupKey,
  type StatsCount,
  type StatsDimension,
  type StatsQuery,
  TooManyGroupsError,
} from '#kyc/verification-stats';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { badUserInput, tooComplex } from '../errors.ts';
import { STAFF } from '../needs.ts';
import { SourceEnum } from './source.ts';
import { KycStatusEnum } from './status.ts';
import { readVerificationFilter, VerificationFilterInput } from './verification-filter.ts';
import { VerificationKindEnum } from './verification-kind.ts';

/** One group; how long its decisions took is read for all groups at once, when the first of them is asked. */
interface StatNode extends StatsCount {
  readonly times: () => Promise<DecisionTimes | null>;
}

const StatsDimensionEnum = builder.enumType('StatsDimension', {
  description: 'What verifications are counted by.',
  values: described<StatsDimension>({
    SOURCE: 'By source.',
    STATUS: 'By status.',
    KIND: 'By kind.',
    CREATED_DAY: 'By the calendar day of createdAt.',
    CREATED_WEEK: 'By the ISO week of createdAt, Monday first.',
    CREATED_MONTH: 'By the calendar month of createdAt.',
  }),
});

const VerificationStatObject = builder.objectRef<StatNode>('VerificationStat').implement({
  description: 'One group of verifications. What they are not grouped by is null.',
  fields: (t) => ({
    source: t.expose('source', {
      dataClass: 'INTERNAL',
      type: SourceEnum,
      nullable: true,
      description: 'Their source.',
    }),
    status: t.expose('status', {
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      nullable: true,
      description: 'Their status.',
    }),
    kind: t.expose('kind', {
      dataClass: 'INTERNAL',
      type: VerificationKindEnum,
      nullable: true,
      description: 'Their kind.',
    }),
    period: t.expose('period', {
      dataClass: 'INTERNAL',
      type: 'Date',
      nullable: true,
      description: 'The first day of the day, ISO week or month; null where createdAt is.',
    }),
    count: t.exposeInt('count', {
      dataClass: 'INTERNAL',
      description:
        'How many verifications the filter means, tombstones included, as totalCount of a list has it.',
    }),
    approvalRate: t.float({
      dataClass: 'INTERNAL',
      nullable: true,
      description:
        'APPROVED / (APPROVED + REJECTED); null when there is neither. INSTRUMENT_FIT and PROOF_OF_RESIDENCE count only when checkTypes names them.',
      resolve: approvalRate,
    }),
    medianDecisionSeconds: t.float({
      dataClass: 'INTERNAL',
      nullable: true,
      description:
        'Median of decidedAt - createdAt where both are known, linear interpolation; null where no record has both.',
      resolve: async ({ times }) => (await times())?.medianSeconds ?? null,
    }),
    p90DecisionSeconds: t.float({
      dataClass: 'INTERNAL',
      nullable: true,
      description:
        'The same at nine tenths: so long or less in nine of ten cases; null where no record has both.',
      resolve: async ({ times }) => (await times())?.p90Seconds ?? null,
    }),
  }),
});

builder.queryField('verificationStats', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: [VerificationStatObject],
    cost: { rows: 1000 },
    needs: [{ scope: 'kyc:status', kinds: [...STAFF, 'PARTNER'] }],
    description:
      'Counts of the verifications that the caller may see across all sources, from the local store, in the order of the dimensions: sources by name, statuses and kinds as their enums list them, periods in time, null last. Without dimensions one row over all.',
    args: {
      filter: t.arg({
        type: VerificationFilterInput,
        description: 'Which verifications are meant. Default: all.',
      }),
      groupBy: t.arg({
        type: [StatsDimensionEnum],
        required: true,
        description: 'What to count by: each dimension once, and one CREATED_* at most.',
      }),
      timeZone: t.arg.string({
        description:
          'Whose calendar the periods are of: an IANA name, Z, UTC, GMT, or an offset such as +2, -05:30, UTC+1. Default UTC.',
      }),
    },
    resolve: async (_root, { filter, groupBy, timeZone }, { store, sight }): Promise<readonly StatNode[]> => {
      const query: StatsQuery = {
        filter: readVerificationFilter(filter),
        groupBy: readDimensions(groupBy),
        timeZone: readTimeZone(timeZone),
      };
      let read: Promise<ReadonlyMap<string, DecisionTimes>> | null = null;
      const readTimes = async () => {
        const times = await refusingTooMany(() => store.decisionTimes(query, sight));
        return new Map(times.map((one) => [groupKey(one), one]));
      };
      const counts = await refusingTooMany(() => store.verificationStats(query, sight));
      return counts.map((count) => ({
        ...count,
        times: async () => (await (read ??= readTimes())).get(groupKey(count)) ?? null,
      }));
    },
  }),
);

function readDimensions(groupBy: readonly StatsDimension[]): readonly StatsDimension[] {
  if (new Set(groupBy).size < groupBy.length) throw badUserInput('groupBy names a dimension twice.');
  if (groupBy.filter((dimension) => dimension.startsWith('CREATED_')).length > 1)
    throw badUserInput('groupBy takes one of CREATED_DAY, CREATED_WEEK and CREATED_MONTH at most.');
  return groupBy;
}

function readTimeZone(text: string | null | undefined): string {
  const zone = parseTimeZone(text ?? 'UTC');
  if (zone !== null) return zone;
  throw badUserInput(
    'The time zone is none: give an IANA name, Z, UTC, GMT, or an offset such as +2, -05:30 or UTC+1.',
  );
}

async function refusingTooMany<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TooManyGroupsError) throw tooComplex(error.message);
    throw error;
  }
}
