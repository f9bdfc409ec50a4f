import type { FetchedRecord } from '#kyc/fetched-record';
import type { Vendor } from '#kyc/kyc-record';
import { personOrNull } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import type { KycStatus, StatusMapping } from '#kyc/status';
import { statusTable } from '#kyc/status-table';
import { parseRow } from '#upstream/parse-row';

import { type WireKycRecord, wireKycRecord } from './wire.ts';

export const FINOGATES = sourceId('FINOGATES');

/** `failed` is publicly documented as an error of the system or of the verification, not a decision. */
export const statusMap: readonly StatusMapping[] = [
  { sourceStatus: 'pending', outcome: null, status: 'PENDING', reason: 'SUBMITTED' },
  { sourceStatus: 'applied', outcome: null, status: 'PENDING', reason: 'SUBMITTED' },
  { sourceStatus: 'in_review', outcome: null, status: 'IN_REVIEW', reason: 'MANUAL_REVIEW' },
  { sourceStatus: 'approved', outcome: null, status: 'APPROVED', reason: 'PASSED' },
  { sourceStatus: 'completed', outcome: null, status: 'APPROVED', reason: 'PASSED' },
  { sourceStatus: 'rejected', outcome: null, status: 'REJECTED', reason: 'DECLINED' },
  { sourceStatus: 'failed', outcome: null, status: 'ERROR', reason: 'SOURCE_ERROR' },
];
const readStatus = statusTable(statusMap);

/** Null when the row cannot be identified. */
export function normalizeKycRecord(row: unknown): FetchedRecord | null {
  const parsed = parseRow(wireKycRecord, row);
  if (parsed === null) return null;
  const { row: wire, faults } = parsed;
  const { status, reason } = readStatus(wire.status);
  return {
    raw: row,
    verification: {
      kind: 'KYC_RECORD',
      source: FINOGATES,
      externalId: wire.id,
      externalUserId: wire.user_id,
      status,
      reason,
      sourceStatus: wire.status,
      outcome: null,
      canRetry: null,
      createdAt: wire.created_at,
      updatedAt: wire.updated_at,
      decidedAt: decidedAt(status, wire),
      documentExpiresOn: null,
      faults,
      details: {
        vendor: vendorOf(wire),
        approvedAt: wire.approved_at,
        rejectedAt: wire.rejected_at,
        startedAt: null,
        documentsComplete: null,
        passed: null,
      },
      personal: {
        person: personOrNull({ fullName: wire.subject_name, email: wire.subject_email }),
        documents: [],
        declineReason: wire.decline_reason,
        rejectionMessage: null,
      },
    },
  };
}

/** Whichever time belongs to the status: a revoked approval keeps its `approved_at`, which decided nothing any more. */
function decidedAt(status: KycStatus, wire: WireKycRecord) {
  if (status === 'APPROVED') return wire.approved_at;
  return status === 'REJECTED' ? wire.rejected_at : null;
}

function vendorOf(wire: WireKycRecord): Vendor | null {
  const vendor = { code: wire.provider_code, status: wire.provider_status, inquiryId: wire.inquiry_id };
  return Object.values(vendor).every((value) => value === null) ? null : vendor;
}
