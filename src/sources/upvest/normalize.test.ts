import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Check } from '#kyc/check';
import { foldWord } from '#kyc/status';

import { normalizeCheck, statusMap } from './normalize.ts';

const USER = '7b39529a-e68c-4688-8242-7549d10d6084';
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

function check(raw: unknown): Check {
  const verification = normalizeCheck(raw, USER)?.verification;
  if (verification?.kind !== 'CHECK') throw new Error('No check was read.');
  return verification;
}
const bare = (fields: object) => check({ id: 'c1', user_id: USER, type: 'KYC', ...fields });

describe("the document's samples", () => {
  const { data } = fixture('list-checks') as { data: unknown[] };
  const checks = data.map(check);

  test('are read whole, all four types', () => {
    expect(checks.flatMap((one) => one.faults)).toEqual([]);
    expect(checks.map(({ details }) => [details.type, details.sourceType])).toEqual([
      ['KYC', 'KYC'],
      ['INSTRUMENT_FIT', 'INSTRUMENT_FIT'],
      ['PROOF_OF_RESIDENCE', 'POR'],
      ['COMPLIANCE', 'COMPLIANCE'],
    ]);
  });

  test('give a KYC check field by field', () => {
    expect(checks[0]).toEqual({
      kind: 'CHECK',
      source: 'UPVEST',
      externalId: '008a82d0-c5a4-4410-9318-d34786429c5a',
      externalUserId: USER,
      status: 'APPROVED',
      reason: 'PASSED',
      sourceStatus: 'PASSED',
      outcome: null,
      canRetry: null,
      createdAt: null,
      updatedAt: null,
      decidedAt: '2019-08-24T14:15:22.000000000Z',
      documentExpiresOn: '2030-01-01',
      faults: [],
      details: {
        type: 'KYC',
        sourceType: 'KYC',
        confirmedAt: '2019-08-24T14:15:22.000000000Z',
        vendor: { code: 'KYC provider', status: null, inquiryId: null },
        method: 'VIDEO_ID',
        suitable: null,
        isUpdate: null,
      },
      personal: {
        document: {
          kind: 'ID_CARD',
          sourceKind: 'ID_CARD',
          number: null,
          issuingCountry: 'DE',
          issuedOn: null,
          expiresOn: '2030-01-01',
          submittedAt: null,
          imageIds: [],
          evidenceUrl: 'https://bucket.customer.com/ident/user3.zip',
        },
        confirmedAddress: {
          line1: 'Rosenweg 221',
          line2: 'apt. 33',
          postcode: '45678',
          city: 'Berlin',
          state: 'BE',
          country: 'DE',
        },
      },
    });
  });

  test('give suitability, the day of issue and the broken link as they stand', () => {
    const [, fit, residence, compliance] = checks;
    expect(fit?.details.suitable).toBe(true);
    expect(fit?.personal).toEqual({ document: null, confirmedAddress: null });
    expect(residence?.personal.document).toMatchObject({
      kind: 'UTILITY_BILL',
      issuedOn: '2020-01-01',
      expiresOn: null,
      evidenceUrl: 'https: //bucket.customer.com/por/user3.zip',
    });
    expect(residence?.documentExpiresOn).toBeNull();
    expect(compliance?.personal).toEqual({ document: null, confirmedAddress: null });
  });

  test('give one check by its id as the list gives it', () => {
    expect(check(fixture('get-check'))).toEqual(checks[0]);
  });
});

describe('statuses', () => {
  test.each(statusMap.map((row) => [row.sourceStatus, row.status, row.reason]))(
    'reads %s as %s',
    (word, status, reason) => {
      expect(bare({ status: word })).toMatchObject({ status, reason, sourceStatus: word });
    },
  );

  test.each([
    ['passed', 'APPROVED'],
    ['in progress', 'PENDING'],
    ['In-Progress', 'PENDING'],
    [' FAILED ', 'REJECTED'],
  ])('reads %s in other letters and separators as %s, and keeps the word', (word, status) => {
    expect(bare({ status: word })).toMatchObject({ status, sourceStatus: word });
  });

  test.each(['NOT_PASSED', 'PASSED_WITH_WARNINGS', 'constructor', '__proto__', 'pаssed'])(
    'never reads the unknown word %s as an approval',
    (word) => {
      expect(bare({ status: word })).toMatchObject({
        status: 'UNKNOWN',
        reason: 'STATUS_UNRECOGNISED',
        sourceStatus: word,
      });
    },
  );

  test.each([undefined, null, ''])('reads the status %j as missing', (status) => {
    expect(bare({ status })).toMatchObject({
      status: 'UNKNOWN',
      reason: 'STATUS_MISSING',
      sourceStatus: null,
    });
  });

  test.each([
    ['PASSED', '2025-01-01T00:00:00.000000000Z'],
    ['FAILED', '2025-01-01T00:00:00.000000000Z'],
    ['IN_PROGRESS', null],
    ['PENDING', null],
    ['SOMETHING', null],
  ])('takes check_confirmed_at of a %s check as its decision: %s', (status, decidedAt) => {
    const read = bare({ status, check_confirmed_at: '2025-01-01T00:00:00Z' });
    expect(read.decidedAt).toBe(decidedAt);
    expect(read.details.confirmedAt).toBe('2025-01-01T00:00:00.000000000Z');
  });
});

describe('fields', () => {
  test('keeps all digits of a time and moves offsets to UTC', () => {
    expect(bare({ check_confirmed_at: '2021-11-19T15:06:57.820371265+02:00' }).details.confirmedAt).toBe(
      '2021-11-19T13:06:57.820371265Z',
    );
  });

  test('keeps the good fields when others are wrong, and names those without their values', () => {
    const read = bare({
      status: 'PASSED',
      check_confirmed_at: '2023-02-30T10:00:00Z',
      document_expiration_date: '2023-02-30',
      nationality: 49,
      provider: { name: 'secret' },
      confirmed_address: { city: 'Köln', postcode: 50667 },
      instrument_suitability: 'yes',
      kyc_update: 'true',
    });
    expect(read).toMatchObject({ status: 'APPROVED', decidedAt: null, documentExpiresOn: null });
    expect(read.personal.confirmedAddress).toMatchObject({ city: 'Köln', postcode: null });
    expect(read.details).toMatchObject({ vendor: null, suitable: null, isUpdate: null });
    expect(read.faults.map(({ path }) => path).toSorted()).toEqual([
      'check_confirmed_at',
      'confirmed_address.postcode',
      'document_expiration_date',
      'instrument_suitability',
      'kyc_update',
      'nationality',
      'provider',
    ]);
    expect(JSON.stringify(read.faults)).not.toMatch(/2023|49|secret|50667|yes/);
  });

  test('reads null, absent and empty as nothing, without a fault', () => {
    const read = bare({
      provider: '',
      method: null,
      confirmed_address: {},
      nationality: '',
      kyc_update: null,
    });
    expect(read.faults).toEqual([]);
    expect(read.details).toMatchObject({ vendor: null, method: null, isUpdate: null });
    expect(read.personal).toEqual({ document: null, confirmedAddress: null });
  });

  test.each(['SOURCE_OF_FUNDS', '', 'KYC2'])('keeps the type %j that is not documented', (type) => {
    expect(bare({ type }).details).toMatchObject({ type: 'OTHER', sourceType: type });
  });

  test('marks a refresh of an earlier record', () => {
    expect(bare({ kyc_update: true }).details.isUpdate).toBe(true);
    expect(bare({ kyc_update: false }).details.isUpdate).toBe(false);
  });
});

describe('whose check it is', () => {
  test.each([undefined, null, '', 17])('takes the user of the path where the row names %j', (user_id) => {
    expect(bare({ user_id }).externalUserId).toBe(USER);
  });

  test.each([
    ['names another user', { id: 'c1', user_id: 'somebody-else' }],
    ['has no id', { user_id: USER, status: 'PASSED' }],
    ['has an empty id', { id: '', user_id: USER }],
    ['has a number as its id', { id: 5, user_id: USER }],
    ['is no object', 'PASSED'],
    ['is null', null],
    ['is a list', []],
  ])('does not identify a row that %s', (_why, raw) => {
    expect(normalizeCheck(raw, USER)).toBeNull();
  });

  test('keeps the payload as it was sent', () => {
    const raw = { id: 'c1', user_id: USER, unheard_of: { of: [1] }, provider: '' };
    expect(normalizeCheck(raw, USER)?.raw).toBe(raw);
  });
});

test('reads any JSON without failing, and nothing but PASSED as an approval', () => {
  const names = ['user_id', 'type', 'status', 'check_confirmed_at', 'data_download_link', 'document_type'];
  names.push('document_expiration_date', 'issuance_date', 'nationality', 'provider', 'method', 'kyc_update');
  names.push('confirmed_address', 'instrument_suitability');
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('PASSED', 'FAILED', 'KYC', '2026-01-01'));
  const row = fc.dictionary(fc.constantFrom(...names), value);
  fc.assert(
    fc.property(row, (fields) => {
      const read = normalizeCheck({ ...fields, id: 'c1', user_id: USER }, USER)?.verification;
      expect(read?.externalId).toBe('c1');
      if (read?.status === 'APPROVED') expect(foldWord(String(fields['status']))).toBe('passed');
      expect(read?.faults.every(({ path }) => names.includes(path.split('.')[0] ?? ''))).toBe(true);
    }),
  );
});
