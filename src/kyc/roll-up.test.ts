import { describe, expect, it } from 'vitest';

import { rollUpPolicies } from './answer.ts';
import type { Day } from './instant.ts';
import { rollUp, ruleSentence } from './roll-up.ts';
import { type KycStatus, type KycStatusReason, kycStatuses } from './status.ts';
import { any, check, may, record, strict, TODAY } from './testing/contributions.ts';

describe('without a contributor', () => {
  it.each(rollUpPolicies)('is NOT_STARTED without reason or record under %s', (policy) => {
    expect(rollUp([], policy, TODAY)).toStrictEqual({
      policy,
      status: 'NOT_STARTED',
      reason: null,
      becauseId: null,
      nextAction: 'START',
      canRetry: null,
      contributorIds: [],
      conflicting: false,
      validUntil: null,
      lapsesOn: null,
    });
  });

  it.each([
    ['a tombstone', record('a', 'CANCELLED', { reason: 'DELETED_UPSTREAM' })],
    ['a passed INSTRUMENT_FIT', check('a', 'APPROVED', { checkType: 'INSTRUMENT_FIT' })],
    ['a failed INSTRUMENT_FIT', check('a', 'REJECTED', { checkType: 'INSTRUMENT_FIT' })],
    ['a passed PROOF_OF_RESIDENCE', check('a', 'APPROVED', { checkType: 'PROOF_OF_RESIDENCE' })],
    ['a failed PROOF_OF_RESIDENCE', check('a', 'REJECTED', { checkType: 'PROOF_OF_RESIDENCE' })],
    ['a check of another type', check('a', 'REJECTED', { checkType: 'OTHER' })],
    ['a check without type', check('a', 'APPROVED', { checkType: null })],
    ['a passed COMPLIANCE', check('a', 'APPROVED', { checkType: 'COMPLIANCE' })],
    ['an open COMPLIANCE', check('a', 'PENDING', { checkType: 'COMPLIANCE' })],
    ['an unreadable COMPLIANCE', check('a', 'UNKNOWN', { checkType: 'COMPLIANCE' })],
  ])('does not count %s', (_what, contribution) => {
    expect(strict(contribution)).toMatchObject({
      status: 'NOT_STARTED',
      becauseId: null,
      contributorIds: [],
    });
    expect(any(contribution)).toMatchObject({ status: 'NOT_STARTED', becauseId: null, contributorIds: [] });
  });
});

describe('what counts', () => {
  it('counts records, applications and KYC checks', () => {
    const answer = strict(
      record('a', 'APPROVED', { source: 'ALPHA' }),
      record('b', 'APPROVED', { source: 'BETA', kind: 'IDV_APPLICATION' }),
      check('c', 'APPROVED', { source: 'GAMMA' }),
    );
    expect(answer).toMatchObject({ status: 'APPROVED', contributorIds: ['a', 'b', 'c'] });
  });

  it('names contributors in byte order, each once', () => {
    const twice = { kind: 'IDV_APPLICATION', source: 'BETA' } as const;
    const answer = strict(
      record('b', 'APPROVED', { ...twice, externalUserId: 'applicant' }),
      record('b', 'APPROVED', { ...twice, externalUserId: 'entity' }),
      record('_', 'APPROVED', { source: 'ALPHA' }),
      record('Z', 'APPROVED', { source: 'GAMMA' }),
    );
    expect(answer.contributorIds).toStrictEqual(['Z', '_', 'b']);
  });

  it.each([
    ['decidedAt before all else', { decidedAt: may(9) }, { decidedAt: may(8), updatedAt: may(20) }],
    ['updatedAt where nothing is decided', { updatedAt: may(9) }, { updatedAt: may(8), createdAt: may(20) }],
    [
      'createdAt where nothing was updated',
      { createdAt: may(9) },
      { createdAt: may(8), observedAt: may(20) },
    ],
    ['observedAt where the source gives no time', { observedAt: may(9) }, { observedAt: may(8) }],
    ['one kind of time against another', { updatedAt: may(9) }, { decidedAt: may(8) }],
    ['the smaller id of equals', { decidedAt: may(9) }, { decidedAt: may(9) }],
  ] as const)('takes the newest by %s', (_what, newer, older) => {
    const untimed = { decidedAt: null, observedAt: may(1) };
    const contributions = [
      record('z', 'REJECTED', { ...untimed, ...older }),
      record('a', 'PENDING', { ...untimed, ...newer }),
    ];
    expect(strict(...contributions)).toMatchObject({ becauseId: 'a', contributorIds: ['a'] });
    expect(strict(...contributions.toReversed())).toMatchObject({ becauseId: 'a', contributorIds: ['a'] });
  });

  it('takes the newest of each identity of a source', () => {
    const answer = strict(
      record('a', 'APPROVED', { externalUserId: 'u1', decidedAt: may(2) }),
      record('b', 'PENDING', { externalUserId: 'u2', decidedAt: null, updatedAt: may(1) }),
    );
    expect(answer).toMatchObject({ status: 'PENDING', becauseId: 'b', contributorIds: ['a', 'b'] });
  });

  it('falls back to the older record when the newest is gone', () => {
    const answer = strict(
      record('a', 'APPROVED', { decidedAt: may(1) }),
      record('b', 'CANCELLED', { decidedAt: may(2) }),
    );
    expect(answer).toMatchObject({ status: 'APPROVED', becauseId: 'a', contributorIds: ['a'] });
  });
});

describe('policy strict', () => {
  const order: KycStatus[] = ['REJECTED', 'ACTION_REQUIRED', 'IN_REVIEW', 'PENDING', 'ERROR', 'UNKNOWN'];
  const pairs = [...order, 'APPROVED', 'EXPIRED', 'NOT_STARTED'].flatMap((first, at, all) =>
    all.slice(at).map((second) => [first, second] as [KycStatus, KycStatus]),
  );

  it.each(pairs)('puts %s before %s', (first, second) => {
    const [one, other] = [record('z', first), record('a', second, { source: 'BETA', decidedAt: may(9) })];
    const answer = strict(one, other);
    expect(answer).toMatchObject({ status: first, becauseId: first === second ? 'a' : 'z' });
    expect(answer.contributorIds).toStrictEqual(['a', 'z']);
  });

  it('lets the newest of equals decide, then the smaller id', () => {
    const rejected = (id: string, source: string, day: number) =>
      record(id, 'REJECTED', { source, decidedAt: may(day), canRetry: source === 'BETA' });
    const three = [rejected('a', 'ALPHA', 1), rejected('c', 'BETA', 2), rejected('d', 'GAMMA', 2)];
    expect(strict(...three)).toMatchObject({ becauseId: 'c', canRetry: true, nextAction: 'RESUBMIT' });
  });
});

describe('policy any', () => {
  const approval = record('a', 'APPROVED', { decidedAt: may(10) });

  it.each(kycStatuses.filter((status) => status !== 'REJECTED'))('approves beside a newer %s', (status) => {
    const other = record('b', status, { source: 'BETA', decidedAt: may(20) });
    expect(any(approval, other)).toMatchObject({ status: 'APPROVED' });
  });

  it.each([
    ['earlier', { decidedAt: may(9) }, 'APPROVED'],
    ['at the same time', { decidedAt: may(10) }, 'APPROVED'],
    ['later', { decidedAt: may(11) }, 'REJECTED'],
    ['later, as observed', { decidedAt: null, observedAt: may(11) }, 'REJECTED'],
    ['earlier, as observed', { decidedAt: null, observedAt: may(9), updatedAt: may(20) }, 'APPROVED'],
  ] as const)('asks whether one was rejected %s', (_when, times, status) => {
    const rejection = record('r', 'REJECTED', { source: 'BETA', ...times });
    expect(any(approval, rejection)).toMatchObject({ status, conflicting: true });
    expect(strict(approval, rejection)).toMatchObject({ status: 'REJECTED', conflicting: true });
  });

  it('names the approval that no rejection followed', () => {
    // By its update time b is the older one; a decision without a time counts as of when it was seen.
    const unseen = record('b', 'APPROVED', {
      source: 'BETA',
      decidedAt: null,
      updatedAt: may(2),
      observedAt: may(30),
    });
    const rejection = record('r', 'REJECTED', { source: 'GAMMA', decidedAt: may(20) });
    expect(any(approval, unseen, rejection)).toMatchObject({ status: 'APPROVED', becauseId: 'b' });
  });

  it('answers as strict without an approval that stands', () => {
    const lapsed = { ...approval, documentExpiresOn: '2026-06-14' as Day };
    const pending = record('b', 'PENDING', { source: 'BETA' });
    expect(any(lapsed, pending)).toMatchObject({ status: 'PENDING', becauseId: 'b' });
    expect(any(lapsed)).toMatchObject({
      status: 'EXPIRED',
      reason: 'VERIFICATION_LAPSED',
      nextAction: 'REVERIFY',
    });
  });
});

describe('conflicting', () => {
  const approved = record('a', 'APPROVED');
  it.each([
    ['another source rejected', [record('b', 'REJECTED', { source: 'BETA' })], true],
    ['the same source rejected another identity', [record('b', 'REJECTED', { externalUserId: 'u2' })], false],
    ['another source is still at it', [record('b', 'PENDING', { source: 'BETA' })], false],
    ['another source could not decide', [record('b', 'ERROR', { source: 'BETA' })], false],
  ])('when %s', (_what, others, conflicting) => {
    expect(strict(approved, ...others)).toMatchObject({ conflicting });
  });

  it('ends when the approval lapses', () => {
    const ending = { ...approved, documentExpiresOn: TODAY };
    const rejection = record('b', 'REJECTED', { source: 'BETA' });
    expect(strict(ending, rejection)).toMatchObject({
      conflicting: true,
      validUntil: null,
      lapsesOn: '2026-06-16',
    });
    expect(rollUp([ending, rejection], 'strict', '2026-06-16' as Day).conflicting).toBe(false);
  });
});

describe('the rule', () => {
  it.each(rollUpPolicies)('is one sentence for %s', (policy) => {
    expect(ruleSentence(policy)).toMatch(/^[^.]+\.$/);
  });

  it('gives the reason and the retry of the deciding record', () => {
    const reason: KycStatusReason = 'DOCUMENTS_REQUIRED';
    const answer = strict(
      record('a', 'ACTION_REQUIRED', { reason, canRetry: true }),
      record('b', 'APPROVED', { source: 'BETA' }),
    );
    expect(answer).toMatchObject({ reason, canRetry: true, nextAction: 'UPLOAD_DOCUMENTS' });
  });
});
