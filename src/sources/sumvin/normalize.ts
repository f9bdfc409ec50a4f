import { documentKind } from '#kyc/document-kind';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { Instant } from '#kyc/instant';
import type { KycRecord, KycRecordDetails, KycRecordPersonal } from '#kyc/kyc-record';
import { type IdentityDocument, personOrNull } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import type { KycStatus, StatusMapping, StatusReading } from '#kyc/status';
import { statusTable } from '#kyc/status-table';
import { parseRow } from '#upstream/parse-row';

import { type WireDetails, wireDetails } from './wire.ts';

export const SUMVIN = sourceId('SUMVIN');

/** "Current KYC status: pending, in_progress, retry, approved, or rejected." */
export const statusMap: readonly StatusMapping[] = [
  // Publicly documented: the user has not started.
  { sourceStatus: 'pending', outcome: null, status: 'NOT_STARTED', reason: 'AWAITING_USER' },
  { sourceStatus: 'in_progress', outcome: null, status: 'PENDING', reason: 'PROCESSING' },
  { sourceStatus: 'retry', outcome: null, status: 'ACTION_REQUIRED', reason: 'RESUBMISSION_REQUESTED' },
  { sourceStatus: 'approved', outcome: null, status: 'APPROVED', reason: 'PASSED' },
  { sourceStatus: 'rejected', outcome: null, status: 'REJECTED', reason: 'DECLINED' },
];
const tableReading = statusTable(statusMap);

/** The owner's record, and who the source says the owner is (a link as text; null where it does not say). */
export interface NormalizedDetails {
  readonly record: FetchedRecord;
  readonly owner: string | null;
}

/**
 * Reads the details of the owner whom the caller calls `externalId`: Sumvin gives the record no id of its own.
 * Null for what is no object.
 */
export function normalizeDetails(raw: unknown, externalId: string): NormalizedDetails | null {
  const parsed = parseRow(wireDetails, raw);
  if (parsed === null) return null;
  const { row, faults } = parsed;
  const { status, reason } = readStatus(row);
  const verification: KycRecord = {
    kind: 'KYC_RECORD',
    source: SUMVIN,
    externalId,
    externalUserId: externalId,
    status,
    reason,
    sourceStatus: row.status,
    outcome: null,
    canRetry: row.rejection?.can_retry ?? null,
    createdAt: row.started_at,
    updatedAt: null,
    decidedAt: decidedAt(status, row),
    documentExpiresOn: null,
    faults,
    details: toDetails(row),
    personal: toPersonal(row),
  };
  return { record: { verification, raw }, owner: row._links?.user?.href ?? null };
}

/** A contradiction is never read as a yes; an absent flag contradicts nothing. */
function readStatus(row: WireDetails): StatusReading {
  const reading = tableReading(row.status);
  if (reading.status === 'APPROVED' && row.verification_passed === false) {
    return { status: 'UNKNOWN', reason: 'INCONSISTENT_UPSTREAM' };
  }
  return reading;
}

function decidedAt(status: KycStatus, row: WireDetails): Instant | null {
  if (status === 'APPROVED') return row.verified_at;
  return status === 'REJECTED' ? row.rejected_at : null;
}

function toDetails(row: WireDetails): KycRecordDetails {
  return {
    vendor: null,
    approvedAt: row.verified_at,
    rejectedAt: row.rejected_at,
    startedAt: row.started_at,
    documentsComplete: row.verification_complete,
    passed: row.verification_passed,
  };
}

function toPersonal(row: WireDetails): KycRecordPersonal {
  const info = row.personal_info;
  const person = personOrNull({
    givenName: info?.first_name ?? null,
    familyName: info?.last_name ?? null,
    dateOfBirth: info?.date_of_birth ?? null,
    nationality: info?.nationality ?? null,
    countryOfResidence: info?.country_of_residence ?? null,
  });
  const rejectionMessage = row.rejection?.message ?? null;
  return { person, documents: row.documents.map(toDocument), declineReason: null, rejectionMessage };
}

function toDocument(document: WireDetails['documents'][number]): IdentityDocument {
  return {
    kind: documentKind(document.document_type),
    sourceKind: document.document_type,
    number: null,
    issuingCountry: document.country,
    issuedOn: null,
    expiresOn: null,
    submittedAt: document.submitted_at,
    imageIds: document.image_ids.filter((id) => id !== null),
    evidenceUrl: null,
  };
}
