import {
  type ExpectedRecord,
  expectedRecord,
  identityDocument,
  KYC_RECORD,
  person,
} from './expected-record.ts';
import { RawRow } from './raw-row.ts';
import { readStatus } from './statuses.ts';
import { dateTime } from './time.ts';

/** The details of one owner, called `owner` by whoever connected the credential. Times are epoch milliseconds. */
export function expectedOfSumvin(raw: unknown, owner: string): ExpectedRecord {
  const row = new RawRow(raw);
  const sourceStatus = row.text('status');
  const said = readStatus('SUMVIN', sourceStatus);
  const passed = row.flag('verification_passed');
  const isContradiction = said.status === 'APPROVED' && passed === false;
  const reading = isContradiction ? { status: 'UNKNOWN', statusReason: 'INCONSISTENT_UPSTREAM' } : said;
  const startedAt = row.milliseconds('started_at');
  const verifiedAt = row.milliseconds('verified_at');
  const rejectedAt = row.milliseconds('rejected_at');
  const ofStatus = new Map([
    ['APPROVED', verifiedAt],
    ['REJECTED', rejectedAt],
  ]);
  const rejection = row.below('rejection');
  const info = row.below('personal_info');
  const rest = {
    ...KYC_RECORD,
    person: info === null ? null : personOf(info),
    documents: row.list('documents').map(documentOf),
    approvedAt: dateTime(verifiedAt),
    rejectedAt: dateTime(rejectedAt),
    startedAt: dateTime(startedAt),
    documentsComplete: row.flag('verification_complete'),
    passed,
    rejectionMessage: rejection?.text('message') ?? null,
  };
  const times = { createdAt: startedAt, updatedAt: null, decidedAt: ofStatus.get(reading.status) ?? null };
  const canRetry = rejection?.flag('can_retry') ?? null;
  const ids = { externalId: owner, externalUserId: owner };
  return expectedRecord(
    row,
    { typename: 'KycRecord', source: 'SUMVIN', ...ids, sourceStatus, reading, canRetry, times },
    rest,
  );
}

function personOf(info: RawRow) {
  return person({
    givenName: info.text('first_name'),
    familyName: info.text('last_name'),
    dateOfBirth: info.day('date_of_birth'),
    nationality: info.text('nationality'),
    countryOfResidence: info.text('country_of_residence'),
  });
}

function documentOf(document: RawRow) {
  return identityDocument(document.text('document_type'), {
    issuingCountry: document.text('country'),
    submittedAt: dateTime(document.milliseconds('submitted_at')),
    imageIds: document.words('image_ids'),
  });
}
