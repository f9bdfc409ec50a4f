import { clearOrNull, type ExpectedRecord, expectedRecord, identityDocument } from './expected-record.ts';
import { RawRow } from './raw-row.ts';
import { readStatus } from './statuses.ts';
import { dateTime } from './time.ts';

const TYPES: Readonly<Record<string, string>> = {
  KYC: 'KYC',
  INSTRUMENT_FIT: 'INSTRUMENT_FIT',
  POR: 'PROOF_OF_RESIDENCE',
  COMPLIANCE: 'COMPLIANCE',
};

/** A user check: no time of creation or update; decided when confirmed, if it passed or failed. */
export function expectedOfUpvest(raw: unknown): ExpectedRecord {
  const row = new RawRow(raw);
  const sourceStatus = row.text('status');
  const reading = readStatus('UPVEST', sourceStatus);
  const confirmedAt = row.rfc3339('check_confirmed_at');
  const isDecided = reading.status === 'APPROVED' || reading.status === 'REJECTED';
  const sourceType = row.text('type') ?? '';
  const code = row.text('provider');
  const rest = {
    type: TYPES[sourceType] ?? 'OTHER',
    sourceType,
    confirmedAt: dateTime(confirmedAt),
    document: documentOf(row),
    vendor: code === null ? null : { code, status: null, inquiryId: null },
    method: row.text('method'),
    confirmedAddress: addressOf(row.below('confirmed_address')),
    suitable: row.below('instrument_suitability')?.flag('suitability') ?? null,
    isUpdate: row.flag('kyc_update'),
  };
  const times = { createdAt: null, updatedAt: null, decidedAt: isDecided ? confirmedAt : null };
  const ids = { externalId: row.text('id'), externalUserId: row.id('user_id') };
  return expectedRecord(
    row,
    { typename: 'Check', source: 'UPVEST', ...ids, sourceStatus, reading, times },
    rest,
  );
}

/** `nationality` is, by the document, the "issuing country of the document". */
function documentOf(row: RawRow) {
  const type = row.text('document_type');
  const said = {
    issuingCountry: row.text('nationality'),
    issuedOn: row.day('issuance_date'),
    expiresOn: row.day('document_expiration_date'),
    evidenceUrl: row.text('data_download_link'),
  };
  const isSaid = [type, ...Object.values(said)].some((value) => value !== null);
  return isSaid ? identityDocument(type, said) : null;
}

function addressOf(address: RawRow | null) {
  if (address === null) return null;
  return clearOrNull({
    line1: address.text('address_line1'),
    line2: address.text('address_line2'),
    postcode: address.text('postcode'),
    city: address.text('city'),
    state: address.text('state'),
    country: address.text('country'),
  });
}
