import { describe, expect, it } from 'vitest';

import { nextActionOf } from './next-action.ts';
import { kycStatuses } from './status.ts';

describe('nextActionOf', () => {
  it.each([
    ['NOT_STARTED', null, null, 'START'],
    ['NOT_STARTED', 'AWAITING_USER', null, 'START'],
    ['CANCELLED', 'DELETED_UPSTREAM', null, 'START'],
    ['EXPIRED', 'SESSION_EXPIRED', null, 'START'],
    ['EXPIRED', 'VERIFICATION_LAPSED', null, 'REVERIFY'],
    ['ACTION_REQUIRED', 'DOCUMENTS_REQUIRED', null, 'UPLOAD_DOCUMENTS'],
    ['ACTION_REQUIRED', 'INFORMATION_REQUIRED', null, 'PROVIDE_INFORMATION'],
    ['ACTION_REQUIRED', 'RESUBMISSION_REQUESTED', null, 'RESUBMIT'],
    ['ACTION_REQUIRED', 'RESUBMISSION_REQUESTED', false, 'RESUBMIT'],
    ['ACTION_REQUIRED', null, null, 'CONTACT_SUPPORT'],
    ['PENDING', 'SUBMITTED', null, 'WAIT'],
    ['IN_REVIEW', 'MANUAL_REVIEW', null, 'WAIT'],
    ['ERROR', 'SOURCE_ERROR', true, 'WAIT'],
    ['APPROVED', 'PASSED', true, 'NONE'],
    ['REJECTED', 'DECLINED', true, 'RESUBMIT'],
    ['REJECTED', 'DECLINED', false, 'CONTACT_SUPPORT'],
    ['REJECTED', 'CHECK_FAILED', null, 'CONTACT_SUPPORT'],
    ['UNKNOWN', 'STATUS_UNRECOGNISED', null, 'CONTACT_SUPPORT'],
    ['UNKNOWN', 'OUTCOME_MISSING', true, 'CONTACT_SUPPORT'],
  ] as const)('answers %s, %s, canRetry %s with %s', (status, reason, canRetry, action) => {
    expect(nextActionOf({ status, reason, canRetry })).toBe(action);
  });

  it('asks nothing more of the approved alone', () => {
    const nothing = kycStatuses.filter(
      (status) => nextActionOf({ status, reason: null, canRetry: null }) === 'NONE',
    );
    expect(nothing).toStrictEqual(['APPROVED']);
  });
});
