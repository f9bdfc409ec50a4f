import { type ExpectedRecord, expectedRecord, identityDocument, KYC_RECORD } from './expected-record.ts';
import { RawRow } from './raw-row.ts';
import { readStatus } from './statuses.ts';

/** A KYC record of Fin X: times in epoch seconds, no decision time, one document where one is named. */
export function expectedOfFinx(raw: unknown): ExpectedRecord {
  const row = new RawRow(raw);
  const sourceStatus = row.text('verification_status');
  const type = row.text('document_type');
  const number = row.text('document_number');
  const times = {
    createdAt: row.epochSeconds('created_at'),
    updatedAt: row.epochSeconds('updated_at'),
    decidedAt: null,
  };
  return expectedRecord(
    row,
    {
      typename: 'KycRecord',
      source: 'FINX',
      externalId: row.text('id'),
      externalUserId: row.id('customer_id'),
      sourceStatus,
      reading: readStatus('FINX', sourceStatus),
      times,
    },
    {
      ...KYC_RECORD,
      documents: type === null && number === null ? [] : [identityDocument(type, { number })],
    },
  );
}
