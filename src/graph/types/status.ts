import type { KycStatus, KycStatusReason } from '#kyc/status';

import { builder } from '../builder.ts';
import { described } from '../described.ts';

export const KycStatusEnum = builder.enumType('KycStatus', {
  description:
    'The one status vocabulary. APPROVED, REJECTED, EXPIRED and CANCELLED are final until the source says otherwise; UNKNOWN and ERROR are never read as a yes.',
  values: described<KycStatus>({
    NOT_STARTED: 'The user has not begun, or has no record that counts.',
    PENDING: 'The source is at work; nobody need do anything.',
    ACTION_REQUIRED: 'The user must do something before the source goes on.',
    IN_REVIEW: 'A person at the source is looking at it.',
    APPROVED: 'The source said yes. Final until it says otherwise.',
    REJECTED: 'The source said no. Final until it says otherwise.',
    EXPIRED: 'Time ran out: of the session, or of the document on which an approval rested.',
    CANCELLED: 'Deleted at the source; it never counts.',
    ERROR: 'The source failed to decide. Never read as a yes.',
    UNKNOWN: 'The source said something that has no reading. Never read as a yes.',
  }),
});

export const KycStatusReasonEnum = builder.enumType('KycStatusReason', {
  description: 'Why the status is what it is.',
  values: described<KycStatusReason>({
    CREATED: 'The record was made at the source and not submitted yet.',
    AWAITING_USER: 'The user has not started.',
    SUBMITTED: 'It was submitted and waits for the source.',
    PROCESSING: 'The source is working on it.',
    MANUAL_REVIEW: 'A person at the source must decide.',
    DOCUMENTS_REQUIRED: 'Documents must be uploaded.',
    INFORMATION_REQUIRED: 'Information is missing.',
    RESUBMISSION_REQUESTED: 'The user must submit again.',
    PASSED: 'The source approved.',
    DECLINED: 'The source decided against it.',
    CHECK_FAILED: 'A check did not pass.',
    SESSION_EXPIRED: 'The session ended before the user was done.',
    VERIFICATION_LAPSED: 'It was approved, and the document on which that rested has expired.',
    DELETED_UPSTREAM: 'The record was deleted at the source.',
    SOURCE_ERROR: 'The source reports an error of its own, not a decision.',
    OUTCOME_MISSING: 'Completed, and the source names no outcome.',
    OUTCOME_UNRECOGNISED: 'Completed, with an outcome that has no reading.',
    STATUS_MISSING: 'The source gave no status.',
    STATUS_UNRECOGNISED: 'The source gave a status that has no reading.',
    INCONSISTENT_UPSTREAM: 'The source contradicts itself; a contradiction is never read as a yes.',
  }),
});
