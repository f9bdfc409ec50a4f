import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { normalizeKycRecord, statusMap } from './normalize.ts';

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
}

function rowsOf(name: string): readonly unknown[] {
  return (fixture(name) as { data: readonly unknown[] }).data;
}

function normalized(fields: Readonly<Record<string, unknown>>) {
  const record = normalizeKycRecord({ id: 'one', ...fields });
  if (record?.verification.kind !== 'KYC_RECORD') throw new Error('The row could not be identified.');
  return record.verification;
}

const OF_THE_DOCUMENT = {
  kind: 'KYC_RECORD',
  source: 'FINX',
  externalId: 'xgQQXg3hrtjh7AvZ',
  externalUserId: 'WAz8eIbvDR60rouK',
  status: 'APPROVED',
  reason: 'PASSED',
  sourceStatus: 'verified',
  outcome: null,
  canRetry: null,
  createdAt: '1992-05-05T22:00:00.000000000Z',
  updatedAt: '1992-05-05T22:00:00.000000000Z',
  decidedAt: null,
  documentExpiresOn: null,
  faults: [],
  details: {
    vendor: null,
    approvedAt: null,
    rejectedAt: null,
    startedAt: null,
    documentsComplete: null,
    passed: null,
  },
  personal: {
    person: null,
    documents: [
      {
        kind: 'PASSPORT',
        sourceKind: 'passport',
        number: '123456789',
        issuingCountry: null,
        issuedOn: null,
        expiresOn: null,
        submittedAt: null,
        imageIds: [],
        evidenceUrl: null,
      },
    ],
    declineReason: null,
    rejectionMessage: null,
  },
};

describe('the samples of the document', () => {
  it('reads every field of a listed record and keeps the payload as sent', () => {
    const [row] = rowsOf('list-kyc-records');
    expect(normalizeKycRecord(row)).toEqual({ verification: OF_THE_DOCUMENT, raw: row });
  });

  it('reads a record by id alike', () => {
    expect(normalizeKycRecord(fixture('retrieve-kyc-record'))?.verification).toEqual(OF_THE_DOCUMENT);
  });

  it('reads a row of which only the id is there: status missing, customer unknown, no fault', () => {
    const verification = normalizeKycRecord(rowsOf('list-kyc-records')[1])?.verification;
    expect(verification).toMatchObject({
      externalId: 'hSIhXBhNe8X1d8Et',
      externalUserId: null,
      status: 'UNKNOWN',
      reason: 'STATUS_MISSING',
      sourceStatus: null,
      createdAt: null,
      updatedAt: null,
      faults: [],
      personal: { person: null, documents: [] },
    });
  });
});

describe('statuses', () => {
  it.each([
    ['pending', 'PENDING', 'SUBMITTED'],
    ['verified', 'APPROVED', 'PASSED'],
    ['failed', 'REJECTED', 'CHECK_FAILED'],
    [' Verified ', 'APPROVED', 'PASSED'],
    ['unverified', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['verified failed', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['constructor', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['__proto__', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['   ', 'UNKNOWN', 'STATUS_MISSING'],
  ])('reads %j as %s by %s and keeps the word', (sourceStatus, status, reason) => {
    expect(normalized({ verification_status: sourceStatus })).toMatchObject({ status, reason, sourceStatus });
  });

  it.each([[undefined], [null], ['']])('reads %j as missing', (word) => {
    const read = normalized({ verification_status: word });
    expect(read).toMatchObject({
      status: 'UNKNOWN',
      reason: 'STATUS_MISSING',
      sourceStatus: null,
      faults: [],
    });
  });

  it('reads a status that is no text as missing and names the fault', () => {
    const read = normalized({ verification_status: 1 });
    expect(read).toMatchObject({ status: 'UNKNOWN', reason: 'STATUS_MISSING' });
    expect(read.faults).toEqual([{ path: 'verification_status', expected: 'text' }]);
  });

  it('publishes the words of the document in its order', () => {
    expect(statusMap.map((row) => row.sourceStatus)).toEqual(['pending', 'verified', 'failed']);
  });
});

describe('times', () => {
  it.each([
    [705_103_200, '1992-05-05T22:00:00.000000000Z'],
    [0, '1970-01-01T00:00:00.000000000Z'],
    [-1, '1969-12-31T23:59:59.000000000Z'],
  ])('reads %d as seconds', (seconds, at) => {
    const read = normalized({ created_at: seconds, updated_at: seconds });
    expect([read.createdAt, read.updatedAt]).toEqual([at, at]);
  });

  it.each([['705103200'], ['1992-05-05T22:00:00Z'], [1_767_600_000_000], [1e17], [true], [{}]])(
    'makes %j null and names it',
    (wrong) => {
      const read = normalized({
        verification_status: 'verified',
        created_at: wrong,
        updated_at: 705_103_200,
      });
      expect(read).toMatchObject({
        status: 'APPROVED',
        createdAt: null,
        updatedAt: '1992-05-05T22:00:00.000000000Z',
      });
      expect(read.faults).toEqual([{ path: 'created_at', expected: 'time in epoch seconds' }]);
    },
  );
});

describe('documents', () => {
  it.each([
    ['passport', 'PASSPORT'],
    ['driver’s license', 'DRIVING_LICENCE'],
    ["Driver's License", 'DRIVING_LICENCE'],
    ['id_card', 'ID_CARD'],
    ['library card', 'OTHER'],
    ['constructor', 'OTHER'],
  ])('reads %j as %s and keeps the word', (sourceKind, kind) => {
    const read = normalized({ document_type: sourceKind, document_number: 'X1' });
    expect(read.personal.documents).toMatchObject([{ kind, sourceKind, number: 'X1' }]);
  });

  it.each([[null], [''], [undefined]])('gives none where kind and number are %j', (nothing) => {
    const read = normalized({ document_type: nothing, document_number: nothing });
    expect(read.personal.documents).toEqual([]);
  });

  it('keeps a document of which only the number is there', () => {
    const read = normalized({ document_number: 'X1' });
    expect(read.personal.documents).toMatchObject([{ kind: 'OTHER', sourceKind: null, number: 'X1' }]);
  });

  it('keeps the kind when the number is no text', () => {
    const read = normalized({ document_type: 'passport', document_number: 123_456_789 });
    expect(read.personal.documents).toMatchObject([{ kind: 'PASSPORT', number: null }]);
    expect(read.faults).toEqual([{ path: 'document_number', expected: 'text' }]);
  });
});

describe('rows that cannot be identified', () => {
  it.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ customer_id: 'someone' }],
    [{ id: '' }],
    [{ id: 7 }],
    [{ id: 'a\u0000b' }],
    [{ id: 'x'.repeat(201) }],
  ])('gives nothing for %j', (row) => {
    expect(normalizeKycRecord(row)).toBeNull();
  });
});
