import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { normalizeKycRecord } from './normalize.ts';

const fixture: unknown = JSON.parse(
  readFileSync(new URL('fixtures/list-kyc-records.json', import.meta.url), 'utf8'),
);

function rowOfTheDocument(): Record<string, unknown> {
  const [row] = (fixture as { data: readonly Record<string, unknown>[] }).data;
  if (row === undefined) throw new Error('The fixture has no row.');
  return row;
}

function normalized(fields: Readonly<Record<string, unknown>>) {
  const record = normalizeKycRecord({ id: 'one', ...fields });
  if (record?.verification.kind !== 'KYC_RECORD') throw new Error('The row could not be identified.');
  return record.verification;
}

const AT = '2023-11-07T05:31:56.000000000Z';

describe('the sample of the document', () => {
  test('every field arrives, and the payload is kept as sent', () => {
    const row = rowOfTheDocument();
    const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
    expect(normalizeKycRecord(row)).toEqual({
      raw: row,
      verification: {
        kind: 'KYC_RECORD',
        source: 'FINOGATES',
        externalId: id,
        externalUserId: id,
        status: 'UNKNOWN',
        reason: 'STATUS_UNRECOGNISED',
        sourceStatus: '<string>',
        outcome: null,
        canRetry: null,
        createdAt: AT,
        updatedAt: AT,
        decidedAt: null,
        documentExpiresOn: null,
        faults: [],
        details: {
          vendor: { code: '<string>', status: '<string>', inquiryId: '<string>' },
          approvedAt: AT,
          rejectedAt: AT,
          startedAt: null,
          documentsComplete: null,
          passed: null,
        },
        personal: {
          person: {
            fullName: '<string>',
            givenName: null,
            familyName: null,
            legalName: null,
            email: '<string>',
            dateOfBirth: null,
            nationality: null,
            countryOfResidence: null,
          },
          documents: [],
          declineReason: '<string>',
          rejectionMessage: null,
        },
      },
    });
  });
});

describe('statuses', () => {
  test.each([
    ['pending', 'PENDING', 'SUBMITTED'],
    ['applied', 'PENDING', 'SUBMITTED'],
    ['in_review', 'IN_REVIEW', 'MANUAL_REVIEW'],
    ['approved', 'APPROVED', 'PASSED'],
    ['completed', 'APPROVED', 'PASSED'],
    ['rejected', 'REJECTED', 'DECLINED'],
    ['failed', 'ERROR', 'SOURCE_ERROR'],
    [' In-Review ', 'IN_REVIEW', 'MANUAL_REVIEW'],
    ['APPROVED', 'APPROVED', 'PASSED'],
    ['unapproved', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['approved!', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['escalated', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['__proto__', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['constructor', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
  ])('"%s" is %s, %s, and stands verbatim', (sourceStatus, status, reason) => {
    expect(normalized({ status: sourceStatus })).toMatchObject({ status, reason, sourceStatus, faults: [] });
  });

  test.each([[undefined], [null], ['']])('%j is missing', (word) => {
    const missing = { status: 'UNKNOWN', reason: 'STATUS_MISSING', sourceStatus: null, faults: [] };
    expect(normalized({ status: word })).toMatchObject(missing);
  });

  test('a status that is no text is missing and named', () => {
    const faults = [{ path: 'status', expected: 'text' }];
    expect(normalized({ status: true })).toMatchObject({
      status: 'UNKNOWN',
      reason: 'STATUS_MISSING',
      faults,
    });
  });
});

describe('when it was decided', () => {
  const times = { approved_at: '2024-01-01T00:00:00Z', rejected_at: '2024-02-02T00:00:00+02:00' };

  test.each([
    ['approved', '2024-01-01T00:00:00.000000000Z'],
    ['completed', '2024-01-01T00:00:00.000000000Z'],
    ['rejected', '2024-02-01T22:00:00.000000000Z'],
    ['failed', null],
    ['in_review', null],
    ['whatever', null],
  ])('%s: %s', (status, decidedAt) => {
    expect(normalized({ status, ...times }).decidedAt).toBe(decidedAt);
  });

  test('is null where the time that belongs to the status is missing', () => {
    expect(normalized({ status: 'rejected', approved_at: times.approved_at }).decidedAt).toBeNull();
  });
});

describe('faulty and empty fields', () => {
  test('a row of which only the id is there is a record', () => {
    expect(normalized({})).toMatchObject({
      externalId: 'one',
      externalUserId: null,
      createdAt: null,
      faults: [],
      details: { vendor: null },
      personal: { person: null, declineReason: null },
    });
  });

  test('null and empty texts are null, without a fault', () => {
    for (const nothing of [null, '']) {
      const row = Object.fromEntries(Object.keys(rowOfTheDocument()).map((key) => [key, nothing]));
      expect(normalized({ ...row, id: 'one' })).toEqual(normalized({}));
    }
  });

  test('an impossible time is null and named; the other fields stand', () => {
    const row = { ...rowOfTheDocument(), created_at: '2023-02-30T00:00:00Z' };
    expect(normalizeKycRecord(row)?.verification).toMatchObject({
      createdAt: null,
      updatedAt: AT,
      faults: [{ path: 'created_at', expected: 'RFC 3339 time' }],
    });
  });

  test('every field alone may be of another kind', () => {
    for (const key of Object.keys(rowOfTheDocument()).filter((name) => name !== 'id')) {
      const record = normalizeKycRecord({ ...rowOfTheDocument(), [key]: { SECRET: 1 } });
      expect(record?.verification.faults.map(({ path }) => path)).toEqual([key]);
    }
  });

  test.each([[{}], [{ id: 7 }], [{ id: '' }], [null], ['x'], [[]]])('%j cannot be identified', (row) => {
    expect(normalizeKycRecord(row)).toBeNull();
  });
});
