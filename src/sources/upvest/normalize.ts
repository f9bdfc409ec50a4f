import type { CheckDetails, CheckPersonal, CheckType } from '#kyc/check';
import { documentKind } from '#kyc/document-kind';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { Address, IdentityDocument } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import { foldWord, type StatusMapping } from '#kyc/status';
import { statusTable } from '#kyc/status-table';
import { type ParsedRow, parseRow } from '#upstream/parse-row';

import { type WireCheck, wireCheck } from './wire.ts';

export const UPVEST = sourceId('UPVEST');

/** How each status is read. The document names "Final status" only; the vendor's public pages name the words. */
export const statusMap: readonly StatusMapping[] = [
  { sourceStatus: 'IN_PROGRESS', outcome: null, status: 'PENDING', reason: 'PROCESSING' },
  { sourceStatus: 'PENDING', outcome: null, status: 'PENDING', reason: 'PROCESSING' },
  { sourceStatus: 'PASSED', outcome: null, status: 'APPROVED', reason: 'PASSED' },
  { sourceStatus: 'FAILED', outcome: null, status: 'REJECTED', reason: 'CHECK_FAILED' },
];
const readStatus = statusTable(statusMap);

const CHECK_TYPES: ReadonlyMap<string, CheckType> = new Map([
  ['kyc', 'KYC'],
  ['instrument_fit', 'INSTRUMENT_FIT'],
  ['por', 'PROOF_OF_RESIDENCE'],
  ['compliance', 'COMPLIANCE'],
]);

/**
 * Reads one check of the user who was asked for. Null when the row cannot be identified: it has no id, or it names
 * another user than the one below whom it stood. A row that names none belongs to the user of the path.
 */
export function normalizeCheck(raw: unknown, askedUserId: string): FetchedRecord | null {
  const parsed = parseRow(wireCheck, raw);
  if (parsed === null) return null;
  const owner = parsed.row.user_id ?? askedUserId;
  return owner === askedUserId ? { verification: toVerification(parsed, owner), raw } : null;
}

function toVerification(
  { row, faults }: ParsedRow<WireCheck>,
  externalUserId: string,
): FetchedRecord['verification'] {
  const { status, reason } = readStatus(row.status);
  const isDecided = status === 'APPROVED' || status === 'REJECTED';
  return {
    kind: 'CHECK',
    source: UPVEST,
    externalId: row.id,
    externalUserId,
    status,
    reason,
    sourceStatus: row.status,
    outcome: null,
    canRetry: null,
    createdAt: null,
    updatedAt: null,
    // The customer sends check_confirmed_at when the check is made, so that an open check has it too.
    decidedAt: isDecided ? row.check_confirmed_at : null,
    documentExpiresOn: row.document_expiration_date,
    faults,
    details: toDetails(row),
    personal: toPersonal(row),
  };
}

function toDetails(row: WireCheck): CheckDetails {
  return {
    type: CHECK_TYPES.get(foldWord(row.type ?? '')) ?? 'OTHER',
    sourceType: row.type ?? '',
    confirmedAt: row.check_confirmed_at,
    vendor: row.provider === null ? null : { code: row.provider, status: null, inquiryId: null },
    method: row.method,
    suitable: row.instrument_suitability?.suitability ?? null,
    isUpdate: row.kyc_update,
  };
}

function toPersonal(row: WireCheck): CheckPersonal {
  return { document: toDocument(row), confirmedAddress: toAddress(row.confirmed_address) };
}

function toDocument(row: WireCheck): IdentityDocument | null {
  const given = {
    sourceKind: row.document_type,
    issuingCountry: row.nationality,
    issuedOn: row.issuance_date,
    expiresOn: row.document_expiration_date,
    evidenceUrl: row.data_download_link,
  };
  if (Object.values(given).every((value) => value === null)) return null;
  return { ...given, kind: documentKind(row.document_type), number: null, submittedAt: null, imageIds: [] };
}

function toAddress(address: WireCheck['confirmed_address']): Address | null {
  if (address === null || address === undefined) return null;
  const { address_line1: line1, address_line2: line2, postcode, city, state, country } = address;
  const whole = { line1, line2, postcode, city, state, country };
  return Object.values(whole).every((value) => value === null) ? null : whole;
}
