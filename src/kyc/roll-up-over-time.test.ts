import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Contribution, rollUpPolicies } from './answer.ts';
import { checkTypes } from './check.ts';
import { addDays, type Day, type Instant } from './instant.ts';
import { rollUp } from './roll-up.ts';
import { sourceId } from './source-id.ts';
import { kycStatuses } from './status.ts';
import { verificationKinds } from './verification-core.ts';

const TODAY = '2026-06-15' as Day;
const LAST = 6;

const times = fc.integer({ min: 1, max: 4 }).map((day) => `2026-06-0${day}T00:00:00.000000000Z` as Instant);
const maybeTime = fc.option(times, { freq: 2 });

/** Few values, so that identities, times and days meet. */
const contribution: fc.Arbitrary<Contribution> = fc.record({
  verificationId: fc.constant(''),
  source: fc.constantFrom('ALPHA', 'BETA').map(sourceId),
  externalUserId: fc.constantFrom('u1', 'u2'),
  kind: fc.constantFrom(...verificationKinds),
  checkType: fc.constantFrom('KYC' as const, ...checkTypes),
  isUpdate: fc.boolean(),
  status: fc.constantFrom('APPROVED' as const, 'APPROVED' as const, 'REJECTED' as const, ...kycStatuses),
  reason: fc.constant(null),
  canRetry: fc.option(fc.boolean()),
  decidedAt: maybeTime,
  updatedAt: maybeTime,
  createdAt: maybeTime,
  observedAt: times,
  documentExpiresOn: fc.option(fc.integer({ min: -2, max: LAST }).map((days) => addDays(TODAY, days))),
});

const contributions = fc
  .array(contribution, { maxLength: 6 })
  .map((all) => all.map((one, at) => ({ ...one, verificationId: `id${at}` })));
const policies = fc.constantFrom(...rollUpPolicies);

function daysFrom(first: number): Day[] {
  return Array.from({ length: LAST + 3 - first }, (_none, at) => addDays(TODAY, first + at));
}

describe('an answer', () => {
  it('does not depend on the order of what it is made from', () => {
    const shuffled = contributions.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, policies, ([all, other], policy) => {
        expect(rollUp(other, policy, TODAY)).toStrictEqual(rollUp(all, policy, TODAY));
      }),
    );
  });

  it('is never turned into an approval by one rejection more', () => {
    fc.assert(
      fc.property(contributions, contribution, (all, one) => {
        fc.pre(rollUp(all, 'strict', TODAY).status !== 'APPROVED');
        const rejection = { ...one, verificationId: 'rejection', status: 'REJECTED' as const };
        expect(rollUp([...all, rejection], 'strict', TODAY).status).not.toBe('APPROVED');
      }),
      { numRuns: 500 },
    );
  });

  it('is an approval under any wherever it is one under strict', () => {
    fc.assert(
      fc.property(contributions, (all) => {
        fc.pre(rollUp(all, 'strict', TODAY).status === 'APPROVED');
        expect(rollUp(all, 'any', TODAY).status).toBe('APPROVED');
      }),
    );
  });

  it('rests on one of its contributors, or on none', () => {
    fc.assert(
      fc.property(contributions, policies, (all, policy) => {
        const { becauseId, contributorIds, status } = rollUp(all, policy, TODAY);
        if (contributorIds.length === 0)
          expect({ becauseId, status }).toStrictEqual({ becauseId: null, status: 'NOT_STARTED' });
        else expect(contributorIds).toContain(becauseId);
      }),
    );
  });

  it('is valid until the last day of its approval, as every day shows', () => {
    fc.assert(
      fc.property(contributions, policies, (all, policy) => {
        const { status, validUntil } = rollUp(all, policy, TODAY);
        const end = daysFrom(0).find((day) => rollUp(all, policy, day).status !== 'APPROVED');
        const last = status === 'APPROVED' && end !== undefined ? addDays(end, -1) : null;
        expect(validUntil).toBe(last);
      }),
      { numRuns: 300 },
    );
  });

  it('lapses on the first day that changes it, as every day shows', () => {
    fc.assert(
      fc.property(contributions, policies, (all, policy) => {
        const { lapsesOn, ...answer } = rollUp(all, policy, TODAY);
        const first = daysFrom(1).find((day) => {
          const { lapsesOn: _later, ...then } = rollUp(all, policy, day);
          return JSON.stringify(then) !== JSON.stringify(answer);
        });
        expect(lapsesOn).toBe(first ?? null);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an approval with an expiring document', () => {
  const at = (day: number) => `2026-05-0${day}T00:00:00.000000000Z` as Instant;
  const approval = (source: string, documentExpiresOn: string | null, day = 1): Contribution => ({
    verificationId: source,
    source: sourceId(source),
    externalUserId: 'u1',
    kind: 'KYC_RECORD',
    checkType: null,
    isUpdate: false,
    status: 'APPROVED',
    reason: 'PASSED',
    canRetry: null,
    decidedAt: at(day),
    updatedAt: null,
    createdAt: null,
    observedAt: at(9),
    documentExpiresOn: documentExpiresOn as Day | null,
  });
  const rejection = { ...approval('R', null, 2), status: 'REJECTED' as const, reason: 'DECLINED' as const };

  it.each([
    ['stands on its last day', [approval('A', TODAY)], 'strict', 'APPROVED', TODAY, '2026-06-16'],
    ['has lapsed on the day after', [approval('A', '2026-06-14')], 'strict', 'EXPIRED', null, null],
    ['never ends without a document', [approval('A', null)], 'strict', 'APPROVED', null, null],
    ['never ends with the last of all days', [approval('A', '9999-12-31')], 'strict', 'APPROVED', null, null],
    [
      'ends with the last of several',
      [approval('A', '2026-07-01', 1), approval('B', '2026-06-20', 2)],
      'strict',
      'APPROVED',
      '2026-07-01',
      '2026-06-21',
    ],
    [
      'goes on where another does not end',
      [approval('A', '2026-07-01'), approval('B', null, 2)],
      'strict',
      'APPROVED',
      null,
      null,
    ],
    [
      'ends under any with the one that outlived a rejection',
      [approval('A', null, 1), approval('B', '2026-07-01', 3), rejection],
      'any',
      'APPROVED',
      '2026-07-01',
      '2026-07-02',
    ],
    [
      'is no matter where strict rejects',
      [approval('A', '2026-07-01', 3), { ...rejection, source: sourceId('A'), externalUserId: 'u2' }],
      'strict',
      'REJECTED',
      null,
      null,
    ],
  ] as const)('%s', (_what, all, policy, status, validUntil, lapsesOn) => {
    expect(rollUp(all, policy, TODAY)).toMatchObject({ status, validUntil, lapsesOn });
  });

  it('counts as lapsed, while the record keeps its words', () => {
    expect(rollUp([approval('A', '2026-06-14')], 'strict', TODAY)).toMatchObject({
      status: 'EXPIRED',
      reason: 'VERIFICATION_LAPSED',
      becauseId: 'A',
      nextAction: 'REVERIFY',
    });
  });
});
