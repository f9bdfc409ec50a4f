import { describe, expect, it } from 'vitest';

import type { StatsCount } from '#kyc/verification-stats';

import { createFakeContext } from './testing/fake-context.ts';
import { ALPHA, at, BETA } from './testing/records.ts';

const NONE = { source: null, status: null, kind: null, period: null };
const count = (said: Partial<StatsCount>): StatsCount => ({
  ...NONE,
  count: 0,
  approved: 0,
  rejected: 0,
  ...said,
});
const FIELDS = 'source status kind period count approvalRate';

describe('verificationStats', () => {
  it('gives a rate of decided ones alone, and null where none is', async () => {
    const stats = [
      count({ source: ALPHA, count: 9, approved: 3, rejected: 1 }),
      count({ source: BETA, count: 2 }),
    ];
    const { data, errors } = await createFakeContext({ stats }).ask(
      `{ verificationStats(groupBy: [SOURCE]) { ${FIELDS} } }`,
    );
    expect(errors).toEqual([]);
    expect(data.verificationStats).toEqual([
      { ...NONE, source: ALPHA, count: 9, approvalRate: 0.75 },
      { ...NONE, source: BETA, count: 2, approvalRate: null },
    ]);
  });

  it('times decisions only when that is asked for, and then once for all groups', async () => {
    const stats = [count({ source: ALPHA, count: 1 }), count({ source: BETA, count: 1 })];
    const decisionTimes = [{ ...NONE, source: BETA, medianSeconds: 1.5, p90Seconds: 2 }];
    const { ask, calls } = createFakeContext({ stats, decisionTimes });
    await ask('{ verificationStats(groupBy: [SOURCE]) { count } }');
    expect(calls).not.toContain('decisionTimes');
    const { data } = await ask(
      '{ verificationStats(groupBy: [SOURCE]) { medianDecisionSeconds p90DecisionSeconds } }',
    );
    expect(data.verificationStats).toEqual([
      { medianDecisionSeconds: null, p90DecisionSeconds: null },
      { medianDecisionSeconds: 1.5, p90DecisionSeconds: 2 },
    ]);
    expect(calls.filter((call) => call === 'decisionTimes')).toHaveLength(1);
  });

  it('asks the store for the filter, the dimensions in their order, and a zone as Temporal spells it', async () => {
    const { ask, calls } = createFakeContext();
    await ask(
      '{ verificationStats(filter: { statuses: [PENDING] }, groupBy: [CREATED_WEEK, KIND], timeZone: "UTC+2") { count } }',
    );
    await ask('{ verificationStats(groupBy: []) { count } }');
    const query = {
      filter: { statuses: ['PENDING'] },
      groupBy: ['CREATED_WEEK', 'KIND'],
      timeZone: '+02:00',
    };
    expect(calls).toEqual([
      `verificationStats ${JSON.stringify(query)}`,
      `verificationStats ${JSON.stringify({ filter: {}, groupBy: [], timeZone: 'UTC' })}`,
    ]);
  });

  it.each([
    ['a dimension twice', 'groupBy: [STATUS, STATUS]'],
    ['two periods', 'groupBy: [CREATED_DAY, CREATED_MONTH]'],
    ['a zone that is none', 'groupBy: [CREATED_DAY], timeZone: "Mars/Olympus"'],
    ['days that are none', 'groupBy: [], filter: { createdOn: { from: "2026-02-02", to: "2026-01-01" } }'],
  ])('refuses %s, and asks for nothing', async (_what, args) => {
    const { ask, calls } = createFakeContext();
    const { errors } = await ask(`{ verificationStats(${args}) { count } }`);
    expect(errors.map((error) => error.extensions['code'])).toEqual(['BAD_USER_INPUT']);
    expect(calls).toEqual([]);
  });
});

it('unmappedStatuses gives word, source, count and times', async () => {
  const times = { firstSeenAt: at('2026-01-01T00:00:00.123456789Z'), lastSeenAt: at('2026-02-01T00:00:00Z') };
  const unmapped = [{ source: ALPHA, sourceStatus: 'Frobnicated', count: 3, ...times }];
  const { ask } = createFakeContext({ unmapped });
  const { data, errors } = await ask(
    '{ unmappedStatuses { source sourceStatus count firstSeenAt lastSeenAt } }',
  );
  expect(errors).toEqual([]);
  expect(data.unmappedStatuses).toEqual([
    {
      ...unmapped[0],
      firstSeenAt: '2026-01-01T00:00:00.123Z',
      lastSeenAt: '2026-02-01T00:00:00.000Z',
    },
  ]);
});
