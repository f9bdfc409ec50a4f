import { type ExpectedRecord, expectedRecord, KYC_RECORD, orNull, person } from './expected-record.ts';
import { RawRow } from './raw-row.ts';
import { readStatus } from './statuses.ts';
import { dateTime } from './time.ts';

/** KycRecordRead. Decided: approved_at or rejected_at, whichever belongs to the status. */
export function expectedOfFinogates(raw: unknown): ExpectedRecord {
  const row = new RawRow(raw);
  const sourceStatus = row.text('status');
  const reading = readStatus('FINOGATES', sourceStatus);
  const approvedAt = row.rfc3339('approved_at');
  const rejectedAt = row.rfc3339('rejected_at');
  const ofStatus = new Map([
    ['APPROVED', approvedAt],
    ['REJECTED', rejectedAt],
  ]);
  const times = {
    createdAt: row.rfc3339('created_at'),
    updatedAt: row.rfc3339('updated_at'),
    decidedAt: ofStatus.get(reading.status) ?? null,
  };
  const rest = {
    ...KYC_RECORD,
    person: person({ fullName: row.text('subject_name'), email: row.text('subject_email') }),
    vendor: orNull({
      code: row.text('provider_code'),
      status: row.text('provider_status'),
      inquiryId: row.text('inquiry_id'),
    }),
    declineReason: row.text('decline_reason'),
    approvedAt: dateTime(approvedAt),
    rejectedAt: dateTime(rejectedAt),
  };
  const ids = { externalId: row.text('id'), externalUserId: row.id('user_id') };
  return expectedRecord(
    row,
    { typename: 'KycRecord', source: 'FINOGATES', ...ids, sourceStatus, reading, times },
    rest,
  );
}
