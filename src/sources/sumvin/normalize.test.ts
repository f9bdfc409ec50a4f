import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { KycRecord } from '#kyc/kyc-record';

import { normalizeDetails, statusMap } from './normalize.ts';

const sample: unknown = JSON.parse(
  readFileSync(new URL('fixtures/get-details.json', import.meta.url), 'utf8'),
);

function record(raw: unknown): KycRecord {
  const verification = normalizeDetails(raw, 'alice')?.record.verification;
  if (verification?.kind !== 'KYC_RECORD') throw new Error('No record was read.');
  return verification;
}

const VERIFIED = 1_704_067_200_000;
const REJECTED = 1_704_153_600_123;
const STARTED = 1_703_980_800_000;

describe("the document's sample", () => {
  test('is read field by field; its placeholders are no status and no day', () => {
    expect(record(sample)).toEqual({
      kind: 'KYC_RECORD',
      source: 'SUMVIN',
      externalId: 'alice',
      externalUserId: 'alice',
      status: 'UNKNOWN',
      reason: 'STATUS_UNRECOGNISED',
      sourceStatus: '<string>',
      outcome: null,
      canRetry: true,
      createdAt: '1970-01-01T00:00:00.123000000Z',
      updatedAt: null,
      decidedAt: null,
      documentExpiresOn: null,
      faults: [{ path: 'personal_info.date_of_birth', expected: 'day as YYYY-MM-DD' }],
      details: {
        vendor: null,
        approvedAt: '1970-01-01T00:00:00.123000000Z',
        rejectedAt: '1970-01-01T00:00:00.123000000Z',
        startedAt: '1970-01-01T00:00:00.123000000Z',
        documentsComplete: false,
        passed: false,
      },
      personal: {
        person: {
          fullName: null,
          givenName: '<string>',
          familyName: '<string>',
          legalName: null,
          email: null,
          dateOfBirth: null,
          nationality: '<string>',
          countryOfResidence: '<string>',
        },
        documents: [
          {
            kind: 'OTHER',
            sourceKind: '<string>',
            number: null,
            issuingCountry: '<string>',
            issuedOn: null,
            expiresOn: null,
            submittedAt: '1970-01-01T00:00:00.123000000Z',
            imageIds: ['<string>'],
            evidenceUrl: null,
          },
        ],
        declineReason: null,
        rejectionMessage: '<string>',
      },
    });
    expect(normalizeDetails(sample, 'alice')?.owner).toBe('<string>');
  });
});

describe('statuses', () => {
  test.each(statusMap.map((row) => [row.sourceStatus, row.status, row.reason]))(
    'reads %s as %s',
    (word, status, reason) => {
      expect(record({ status: word })).toMatchObject({ status, reason, sourceStatus: word });
    },
  );

  test.each([
    ['APPROVED', 'APPROVED'],
    ['In-Progress', 'PENDING'],
    ['in progress', 'PENDING'],
  ])('reads %s in other letters and separators as %s, and keeps the word', (word, status) => {
    expect(record({ status: word })).toMatchObject({ status, sourceStatus: word });
  });

  test.each(['unapproved', 'pre_approved', 'constructor', 'toString'])('reads %s as unknown', (word) => {
    expect(record({ status: word })).toMatchObject({ status: 'UNKNOWN', reason: 'STATUS_UNRECOGNISED' });
  });

  test.each([undefined, null, '', '  '])('reads the status %j as missing', (status) => {
    expect(record({ status })).toMatchObject({ status: 'UNKNOWN', reason: 'STATUS_MISSING' });
  });

  test('never reads a contradiction as a yes', () => {
    expect(record({ status: 'approved', verification_passed: false, verified_at: VERIFIED })).toMatchObject({
      status: 'UNKNOWN',
      reason: 'INCONSISTENT_UPSTREAM',
      sourceStatus: 'approved',
      decidedAt: null,
    });
  });

  test.each([undefined, null, true])('takes the flag %j as no contradiction', (verification_passed) => {
    const read = record({ status: 'approved', verification_passed });
    expect(read).toMatchObject({ status: 'APPROVED', reason: 'PASSED' });
    expect(read.details.passed).toBe(verification_passed ?? null);
  });

  test.each(['rejected', 'pending', 'retry'])('lets the flag be false at %s', (status) => {
    expect(record({ status, verification_passed: false }).reason).not.toBe('INCONSISTENT_UPSTREAM');
  });
});

describe('times', () => {
  const times = { verified_at: VERIFIED, rejected_at: REJECTED, started_at: STARTED };

  test.each([
    ['approved', '2024-01-01T00:00:00.000000000Z'],
    ['rejected', '2024-01-02T00:00:00.123000000Z'],
    ['retry', null],
    ['in_progress', null],
    ['pending', null],
  ])('takes the decision that belongs to %s: %s', (status, decidedAt) => {
    expect(record({ status, ...times })).toMatchObject({
      decidedAt,
      createdAt: '2023-12-31T00:00:00.000000000Z',
      updatedAt: null,
    });
  });

  test('reads milliseconds and ISO 8601 alike', () => {
    const iso = { verified_at: '2024-01-01T00:00:00Z', started_at: '2023-12-31T00:00:00Z' };
    const epoch = { verified_at: VERIFIED, started_at: STARTED };
    expect(record({ status: 'approved', ...iso })).toEqual(record({ status: 'approved', ...epoch }));
  });

  test('never takes a small number for seconds', () => {
    expect(record({ started_at: 705_103_200 }).createdAt).toBe('1970-01-09T03:51:43.200000000Z');
    expect(record({ started_at: 0 }).createdAt).toBe('1970-01-01T00:00:00.000000000Z');
  });

  test.each(['2023-02-30T00:00:00Z', '1704067200000', 'yesterday', 9e15, true, {}])(
    'names the time %j as a fault and reads nothing from it',
    (started_at) => {
      const read = record({ status: 'approved', verified_at: VERIFIED, started_at });
      expect(read).toMatchObject({ status: 'APPROVED', createdAt: null, decidedAt: expect.any(String) });
      expect(read.faults).toEqual([
        { path: 'started_at', expected: 'time in epoch milliseconds or ISO 8601' },
      ]);
    },
  );
});

describe('fields', () => {
  test('keeps the good fields and documents when others are wrong, and names those without their values', () => {
    const read = record({
      status: 'retry',
      personal_info: { first_name: 'Zoé', last_name: 4711, date_of_birth: '1990-02-30' },
      documents: [
        'secret',
        'more',
        { document_type: 'PASSPORT', submitted_at: 'then', image_ids: ['a', 7, '', 'b'] },
      ],
      rejection: { can_retry: 'yes', message: 'Blurred' },
      _links: { user: 'https://secret' },
    });
    expect(read.personal.person).toMatchObject({ givenName: 'Zoé', familyName: null, dateOfBirth: null });
    expect(read.personal.documents).toMatchObject([
      { kind: 'PASSPORT', submittedAt: null, imageIds: ['a', 'b'] },
    ]);
    expect(read).toMatchObject({ canRetry: null, personal: { rejectionMessage: 'Blurred' } });
    expect(read.faults.map(({ path }) => path).toSorted()).toEqual([
      '_links.user',
      'documents.0',
      'documents.1',
      'documents.2.image_ids.1',
      'documents.2.submitted_at',
      'personal_info.date_of_birth',
      'personal_info.last_name',
      'rejection.can_retry',
    ]);
    expect(JSON.stringify(read.faults)).not.toMatch(/4711|1990|secret|then|yes/);
  });

  test('reads null, absent and empty as nothing, without a fault', () => {
    const read = record({
      status: 'pending',
      verified_at: null,
      personal_info: { first_name: '', last_name: null },
      documents: null,
      rejection: null,
    });
    expect(read).toMatchObject({ faults: [], canRetry: null, createdAt: null });
    expect(read.personal).toMatchObject({ person: null, documents: [], rejectionMessage: null });
    expect(read.details).toMatchObject({ documentsComplete: null, passed: null });
  });

  test.each([
    [{}, null],
    [{ _links: null }, null],
    [{ _links: { user: null } }, null],
    [{ _links: { user: { href: '' } } }, null],
    [{ _links: { user: { href: 'not even: a link' } } }, 'not even: a link'],
  ])('takes the owner of %j as %j', (raw, owner) => {
    expect(normalizeDetails(raw, 'alice')?.owner).toBe(owner);
  });

  test('keeps the payload as it was sent', () => {
    const raw = { status: '', unheard_of: 1 };
    expect(normalizeDetails(raw, 'alice')?.record.raw).toBe(raw);
  });

  test.each([null, [], 'approved', 5])('reads %j as no record', (raw) => {
    expect(normalizeDetails(raw, 'alice')).toBeNull();
  });
});

test('reads any JSON object without failing, and nothing but approved as an approval', () => {
  const names = [
    '_links',
    'status',
    'verified_at',
    'rejected_at',
    'started_at',
    'personal_info',
    'documents',
  ];
  names.push('verification_complete', 'verification_passed', 'rejection');
  const document = fc.dictionary(
    fc.constantFrom('document_type', 'submitted_at', 'image_ids'),
    fc.jsonValue(),
  );
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('approved', 'retry', 0), fc.array(document));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (fields) => {
      const read = record(fields);
      if (read.status === 'APPROVED') {
        expect(String(fields['status']).trim().toLowerCase()).toBe('approved');
        expect(fields['verification_passed']).not.toBe(false);
      }
      expect(read.faults.every(({ path }) => names.includes(path.split('.')[0] ?? ''))).toBe(true);
    }),
  );
});
