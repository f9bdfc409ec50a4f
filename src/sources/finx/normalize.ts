import { documentKind } from '#kyc/document-kind';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { KycRecord, KycRecordDetails, KycRecordPersonal } from '#kyc/kyc-record';
import type { IdentityDocument } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import type { StatusMapping } from '#kyc/status';
import { statusTable } from '#kyc/status-table';
import { type ParsedRow, parseRow } from '#upstream/parse-row';

import { type WireKycRecord, wireKycRecord } from './wire.ts';

export const FINX = sourceId('FINX');

/** How each status that the document names is read. */
export const statusMap: readonly StatusMapping[] = [
  { sourceStatus: 'pending', outcome: null, status: 'PENDING', reason: 'SUBMITTED' },
  { sourceStatus: 'verified', outcome: null, status: 'APPROVED', reason: 'PASSED' },
  { sourceStatus: 'failed', outcome: null, status: 'REJECTED', reason: 'CHECK_FAILED' },
];
const readStatus = statusTable(statusMap);

/** Fin X names no vendor, no decision times and no flags. */
const NO_DETAILS: KycRecordDetails = {
  vendor: null,
  approvedAt: null,
  rejectedAt: null,
  startedAt: null,
  documentsComplete: null,
  passed: null,
};

/** Reads one row; null when it cannot be identified. */
export function normalizeKycRecord(raw: unknown): FetchedRecord | null {
  const parsed = parseRow(wireKycRecord, raw);
  return parsed === null ? null : { verification: toKycRecord(parsed), raw };
}

function toKycRecord({ row, faults }: ParsedRow<WireKycRecord>): KycRecord {
  return {
    kind: 'KYC_RECORD',
    source: FINX,
    externalId: row.id,
    externalUserId: row.customer_id,
    ...readStatus(row.verification_status),
    sourceStatus: row.verification_status,
    outcome: null,
    canRetry: null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    decidedAt: null,
    documentExpiresOn: null,
    faults,
    details: NO_DETAILS,
    personal: toPersonal(row),
  };
}

function toPersonal(row: WireKycRecord): KycRecordPersonal {
  const document = toDocument(row);
  return {
    person: null,
    documents: document === null ? [] : [document],
    declineReason: null,
    rejectionMessage: null,
  };
}

/** Null when the record names neither a kind nor a number. */
function toDocument(row: WireKycRecord): IdentityDocument | null {
  if (row.document_type === null && row.document_number === null) return null;
  return {
    kind: documentKind(row.document_type),
    sourceKind: row.document_type,
    number: row.document_number,
    issuingCountry: null,
    issuedOn: null,
    expiresOn: null,
    submittedAt: null,
    imageIds: [],
    evidenceUrl: null,
  };
}
