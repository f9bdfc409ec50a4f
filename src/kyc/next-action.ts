import type { NextAction } from './answer.ts';
import type { KycStatus, KycStatusReason } from './status.ts';

const ACTION_OF_REASON: ReadonlyMap<KycStatusReason | null, NextAction> = new Map([
  ['DOCUMENTS_REQUIRED', 'UPLOAD_DOCUMENTS'],
  ['INFORMATION_REQUIRED', 'PROVIDE_INFORMATION'],
  ['RESUBMISSION_REQUESTED', 'RESUBMIT'],
]);

/** What the user must do next, by the table in design/statuses.md. A user without any record is NOT_STARTED. */
export function nextActionOf(deciding: {
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly canRetry: boolean | null;
}): NextAction {
  const { status, reason, canRetry } = deciding;
  switch (status) {
    case 'NOT_STARTED':
    case 'CANCELLED':
      return 'START';
    case 'ACTION_REQUIRED':
      // Something is asked of the user, but the source did not say what.
      return ACTION_OF_REASON.get(reason) ?? 'CONTACT_SUPPORT';
    case 'PENDING':
    case 'IN_REVIEW':
    case 'ERROR':
      return 'WAIT';
    case 'APPROVED':
      return 'NONE';
    case 'EXPIRED':
      return reason === 'SESSION_EXPIRED' ? 'START' : 'REVERIFY';
    case 'REJECTED':
      return canRetry === true ? 'RESUBMIT' : 'CONTACT_SUPPORT';
    case 'UNKNOWN':
      return 'CONTACT_SUPPORT';
  }
}
