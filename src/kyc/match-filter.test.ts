import { describe, expect, it } from 'vitest';

import type { KnownVerification } from './known-verification.ts';
import { matchesFilter } from './match-filter.ts';
import { sourceId } from './source-id.ts';
import { may } from './testing/contributions.ts';
import { knownApplication, knownCheck, knownRecord } from './testing/known.ts';
import { type VerificationFilter, verificationTimes } from './verification-filter.ts';

const record = knownRecord('x1');
const application = knownApplication('x2', { outcome: 'Manual Review' });
const faulty = knownRecord('x3', { faults: [{ path: 'a.b', expected: 'text' }] });
const bare = knownRecord('x4', {
  externalUserId: null,
  reason: null,
  sourceStatus: null,
  createdAt: null,
  updatedAt: null,
  decidedAt: null,
});
const kycCheck = knownCheck('x5');

describe('matchesFilter', () => {
  it.each([
    ['nothing asked', record, {}, true],
    ['a user, whom the caller has applied', record, { userId: 'another' }, true],
    ['its source', record, { sources: [sourceId('BETA'), sourceId('ALPHA')] }, true],
    ['another source', record, { sources: [sourceId('BETA')] }, false],
    ['its kind', record, { kinds: ['KYC_RECORD'] }, true],
    ['another kind', record, { kinds: ['CHECK', 'IDV_APPLICATION'] }, false],
    ['its status', record, { statuses: ['APPROVED', 'REJECTED'] }, true],
    ['another status', record, { statuses: ['REJECTED'] }, false],
    ['its reason', record, { statusReasons: ['PASSED'] }, true],
    ['another reason', record, { statusReasons: ['DECLINED'] }, false],
    ['a reason where it has none', bare, { statusReasons: ['PASSED'] }, false],
    ['its word, folded', record, { sourceStatuses: ['  VERIFIED '] }, true],
    ['a part of its word', record, { sourceStatuses: ['verif'] }, false],
    ['a word where it has none', bare, { sourceStatuses: [''] }, false],
    ['its outcome, folded', application, { outcomes: ['manual-review'] }, true],
    ['another outcome', application, { outcomes: ['manual'] }, false],
    ['an outcome where it has none', record, { outcomes: [''] }, false],
    ['its id', record, { externalIds: ['x1'] }, true],
    ['its id in another case', record, { externalIds: ['X1'] }, false],
    ['its owner', record, { externalUserIds: ['u1'] }, true],
    ['its owner folded', record, { externalUserIds: ['U1'] }, false],
    ['an owner where it has none', bare, { externalUserIds: ['u1'] }, false],
    ['its profile', application, { profileIds: ['p1'] }, true],
    ['another profile', application, { profileIds: ['P1'] }, false],
    ['a profile of a record', record, { profileIds: ['p1'] }, false],
    ['its account type', application, { accountTypes: ['PERSON'] }, true],
    ['its account type in another case', application, { accountTypes: ['person'] }, false],
    ['an account type of a check', kycCheck, { accountTypes: ['PERSON'] }, false],
    ['its type of check', kycCheck, { checkTypes: ['KYC'] }, true],
    ['another type of check', kycCheck, { checkTypes: ['COMPLIANCE'] }, false],
    ['no type of check', kycCheck, { checkTypes: [] }, false],
    ['types of checks of a record', record, { checkTypes: ['COMPLIANCE'] }, true],
    ['no type of check of a record', record, { checkTypes: [] }, true],
    ['faults', faulty, { hasFaults: true }, true],
    ['no faults of a faulty one', faulty, { hasFaults: false }, false],
    ['faults of a good one', record, { hasFaults: true }, false],
    ['no faults', record, { hasFaults: false }, true],
    ['all of several', record, { kinds: ['KYC_RECORD'], statuses: ['APPROVED'] }, true],
    ['one of several', record, { kinds: ['KYC_RECORD'], statuses: ['REJECTED'] }, false],
  ] satisfies [string, KnownVerification, VerificationFilter, boolean][])(
    'asked for %s',
    (_what, known, filter, matches) => {
      expect(matchesFilter(known, filter)).toBe(matches);
    },
  );

  it.each([
    'sources',
    'kinds',
    'statuses',
    'statusReasons',
    'sourceStatuses',
    'outcomes',
    'externalIds',
    'externalUserIds',
    'profileIds',
    'accountTypes',
  ] as const)('matches nothing by an empty list of %s', (field) => {
    for (const known of [record, application, kycCheck])
      expect(matchesFilter(known, { [field]: [] })).toBe(false);
  });

  it.each(verificationTimes)('takes %s from its first instant to before its last', (time) => {
    const known = knownRecord('x', { [time]: may(10) });
    const matches = (from: number | null, before: number | null) =>
      matchesFilter(known, {
        times: { [time]: [{ from: from && may(from), before: before && may(before) }] },
      });
    expect(matches(10, 11)).toBe(true);
    expect(matches(10, 10)).toBe(false);
    expect(matches(9, 10)).toBe(false);
    expect(matches(11, null)).toBe(false);
    expect(matches(null, 11)).toBe(true);
    expect(matches(null, null)).toBe(true);
  });

  it.each(['createdAt', 'updatedAt', 'decidedAt'] as const)('never finds a %s that is null', (time) => {
    expect(matchesFilter(bare, { times: { [time]: [{ from: null, before: null }] } })).toBe(false);
    expect(matchesFilter(bare, { times: { [time]: [] } })).toBe(true);
  });

  it('asks a time to lie in every one of its ranges', () => {
    const [wide, narrow] = [
      { from: may(1), before: may(9) },
      { from: may(2), before: may(3) },
    ];
    expect(matchesFilter(record, { times: { createdAt: [wide] } })).toBe(true);
    expect(matchesFilter(record, { times: { createdAt: [wide, narrow] } })).toBe(false);
    expect(matchesFilter(record, { times: { createdAt: [wide], updatedAt: [wide, narrow] } })).toBe(true);
  });
});
