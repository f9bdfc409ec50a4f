import type { StatusMapping } from '#kyc/status';
import { statusTable } from '#kyc/status-table';

/** How each status of the document is read; the outcome counts only when the status is COMPLETED. */
export const statusMap: readonly StatusMapping[] = [
  { sourceStatus: 'NEW', outcome: null, status: 'PENDING', reason: 'CREATED' },
  { sourceStatus: 'PENDING', outcome: null, status: 'PENDING', reason: 'SUBMITTED' },
  { sourceStatus: 'PROCESSING', outcome: null, status: 'PENDING', reason: 'PROCESSING' },
  { sourceStatus: 'PENDING_REVIEW', outcome: null, status: 'IN_REVIEW', reason: 'MANUAL_REVIEW' },
  {
    sourceStatus: 'PENDING_DOCUMENTS',
    outcome: null,
    status: 'ACTION_REQUIRED',
    reason: 'DOCUMENTS_REQUIRED',
  },
  {
    sourceStatus: 'AWAITING_INFORMATION',
    outcome: null,
    status: 'ACTION_REQUIRED',
    reason: 'INFORMATION_REQUIRED',
  },
  { sourceStatus: 'COMPLETED', outcome: 'approved', status: 'APPROVED', reason: 'PASSED' },
  { sourceStatus: 'COMPLETED', outcome: 'denied', status: 'REJECTED', reason: 'DECLINED' },
  { sourceStatus: 'COMPLETED', outcome: 'declined', status: 'REJECTED', reason: 'DECLINED' },
  { sourceStatus: 'COMPLETED', outcome: 'rejected', status: 'REJECTED', reason: 'DECLINED' },
  { sourceStatus: 'COMPLETED', outcome: 'manual review', status: 'IN_REVIEW', reason: 'MANUAL_REVIEW' },
  { sourceStatus: 'COMPLETED', outcome: '', status: 'UNKNOWN', reason: 'OUTCOME_MISSING' },
  { sourceStatus: 'COMPLETED', outcome: '*', status: 'UNKNOWN', reason: 'OUTCOME_UNRECOGNISED' },
  { sourceStatus: 'EXPIRED', outcome: null, status: 'EXPIRED', reason: 'SESSION_EXPIRED' },
  { sourceStatus: 'ERROR', outcome: null, status: 'ERROR', reason: 'SOURCE_ERROR' },
];

/** Applications, entities and history rows are read by the same table. */
export const readStatus = statusTable(statusMap);
