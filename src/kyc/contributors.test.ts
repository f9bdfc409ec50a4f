import { describe, expect, it } from 'vitest';

import type { Day } from './instant.ts';
import { rollUp } from './roll-up.ts';
import { any, check, may, strict, TODAY } from './testing/contributions.ts';

describe('a refresh of an approval', () => {
  const approval = check('a', 'APPROVED', { reason: 'PASSED' });
  const later = { isUpdate: true, decidedAt: null, updatedAt: may(9) } as const;

  it.each(['NOT_STARTED', 'PENDING', 'ACTION_REQUIRED', 'IN_REVIEW', 'ERROR'] as const)(
    'does not displace it while it is %s',
    (status) => {
      expect(strict(approval, check('b', status, later))).toMatchObject({
        status: 'APPROVED',
        contributorIds: ['a'],
      });
    },
  );

  it.each(['APPROVED', 'REJECTED', 'EXPIRED', 'UNKNOWN'] as const)('displaces it when it is %s', (status) => {
    expect(strict(approval, check('b', status, later))).toMatchObject({ status, contributorIds: ['b'] });
  });

  it('displaces it when it is no refresh, or when the source does not say', () => {
    const open = check('b', 'PENDING', { ...later, isUpdate: false });
    expect(strict(approval, open)).toMatchObject({ status: 'PENDING', becauseId: 'b' });
  });

  it('displaces what is no approval', () => {
    const rejection = check('c', 'REJECTED', { decidedAt: may(2) });
    expect(strict(approval, rejection, check('b', 'PENDING', later))).toMatchObject({ becauseId: 'b' });
  });

  it('does not cross to another identity', () => {
    const open = check('b', 'PENDING', { ...later, externalUserId: 'u2' });
    expect(strict(approval, open)).toMatchObject({ status: 'PENDING', contributorIds: ['a', 'b'] });
  });

  it('is what counts as soon as the approval has lapsed', () => {
    const ending = { ...approval, documentExpiresOn: TODAY };
    const refresh = check('b', 'PENDING', later);
    expect(strict(ending, refresh)).toMatchObject({
      status: 'APPROVED',
      validUntil: TODAY,
      lapsesOn: '2026-06-16',
    });
    expect(rollUp([ending, refresh], 'strict', '2026-06-16' as Day)).toMatchObject({
      status: 'PENDING',
      nextAction: 'WAIT',
      becauseId: 'b',
    });
  });
});

describe('compliance', () => {
  const veto = check('v', 'REJECTED', { checkType: 'COMPLIANCE', source: 'BETA', reason: 'CHECK_FAILED' });

  it.each([strict, any])('vetoes, even earlier and elsewhere', (answer) => {
    expect(answer(check('a', 'APPROVED', { decidedAt: may(9) }), veto)).toMatchObject({
      status: 'REJECTED',
      reason: 'CHECK_FAILED',
      becauseId: 'v',
      contributorIds: ['a', 'v'],
      conflicting: true,
      nextAction: 'CONTACT_SUPPORT',
    });
  });

  it('does not displace the KYC check of its own identity', () => {
    const passed = check('a', 'APPROVED', { source: 'BETA' });
    expect(strict(passed, veto)).toMatchObject({ contributorIds: ['a', 'v'], conflicting: false });
  });

  it('vetoes no longer when a newer one of that identity passed', () => {
    const passed = { ...veto, verificationId: 'w', status: 'APPROVED' as const, decidedAt: may(9) };
    expect(strict(check('a', 'APPROVED'), veto, passed)).toMatchObject({
      status: 'APPROVED',
      contributorIds: ['a'],
    });
    const another = { ...passed, externalUserId: 'u2' };
    expect(strict(check('a', 'APPROVED'), veto, another)).toMatchObject({ status: 'REJECTED' });
  });

  it.each(['PENDING', 'ERROR', 'UNKNOWN', 'CANCELLED'] as const)(
    'vetoes on while a newer one is %s',
    (status) => {
      const open = { ...veto, verificationId: 'w', status, decidedAt: null };
      expect(strict(check('a', 'APPROVED'), veto, open)).toMatchObject({
        status: 'REJECTED',
        becauseId: 'v',
      });
    },
  );
});
