import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { subjectsOf } from '#kyc/verification';

import { normalizeApplication } from './normalize.ts';

const fixture = new URL('fixtures/list-identity-verifications.json', import.meta.url);
const sample: unknown = JSON.parse(readFileSync(fixture, 'utf8')).content[0];

function normalized(fields: Readonly<Record<string, unknown>>) {
  const record = normalizeApplication({ id: 'one', ...fields });
  if (record?.verification.kind !== 'IDV_APPLICATION') throw new Error('The row could not be identified.');
  return record.verification;
}

const JAMES = {
  fullName: null,
  givenName: 'James',
  familyName: 'Smith',
  legalName: null,
  email: null,
  dateOfBirth: null,
  nationality: null,
  countryOfResidence: null,
};
const EMPLOYEE = { id: '48a64999-3222-496d-b6c4-1c019f1059d6', type: 'EMPLOYEE' };
const OTHER_EMPLOYEE = { id: '3fa85f64-5717-4562-b3fc-2c963f66afa6', type: 'EMPLOYEE' };
const FIRST_ENTRY = {
  id: '9972f30f-13eb-414f-8830-f198d5ef29c0',
  entityId: null,
  status: 'PENDING',
  sourceStatus: 'NEW',
  message: 'event_validated',
  outcome: 'Approved',
  createdAt: '2023-08-09T21:16:37.250000000Z',
  updatedAt: '2023-08-10T21:16:37.250000000Z',
};

describe('the sample of the document', () => {
  it('arrives with every field, and the payload as sent', () => {
    expect(normalizeApplication(sample)).toEqual({
      verification: {
        kind: 'IDV_APPLICATION',
        source: 'ROCKETKOR',
        externalId: '56de0668-7ae5-4706-8591-cd674c512267',
        externalUserId: '93813d7a-b333-4701-8d05-a2b4218da883',
        status: 'APPROVED',
        reason: 'PASSED',
        sourceStatus: 'COMPLETED',
        outcome: 'Approved',
        canRetry: null,
        createdAt: '2023-08-09T21:16:37.250000000Z',
        updatedAt: '2023-08-10T21:16:37.250000000Z',
        decidedAt: '2023-08-10T21:16:37.250000000Z',
        documentExpiresOn: null,
        faults: [],
        details: {
          businessAccountId: 'dac207b6-eb7b-4080-b786-6e505443e26d',
          accountType: 'INDIVIDUAL_CUSTOMER',
          profileId: 'kyc-profile-1',
          completedAt: '2023-08-10T21:16:37.250000000Z',
          createdBy: EMPLOYEE,
          updatedBy: EMPLOYEE,
          entities: [
            {
              accountId: '93813d7a-b333-4701-8d05-a2b4218da883',
              entityType: 'INDIVIDUAL_CUSTOMER',
              status: 'APPROVED',
              reason: 'PASSED',
              sourceStatus: 'COMPLETED',
              outcome: 'APPROVED',
              createdAt: '2023-08-28T21:45:39.335000000Z',
              updatedAt: '2023-08-28T21:45:39.335000000Z',
              createdBy: OTHER_EMPLOYEE,
              updatedBy: OTHER_EMPLOYEE,
            },
          ],
        },
        personal: {
          person: JAMES,
          metadata: { key1: 'value1' },
          sourceHistory: [FIRST_ENTRY],
          entities: [
            {
              person: JAMES,
              outcomeDetails: [
                { reasons: [{ name: 'Phone match', type: 'Fraud check' }], tags: ['Phone number matched'] },
              ],
              sourceHistory: [
                { ...FIRST_ENTRY, entityId: 'aa148ff5-057d-4291-a4d5-133d9994d384', outcome: null },
              ],
              processingSummary: {
                'ADDRESS.CITY': 'Chicago',
                'INFO.PRIMARY_PHONE_NUMBER': '123232333',
                'DOCS.PASSPORT': 'ef2403f1-e350-4db9-b289-0c1e741be3d1',
              },
              documentUploadUrl: null,
            },
          ],
        },
      },
      raw: sample,
    });
  });
});

describe('what is missing', () => {
  it('is null, or empty where it is a list, without a fault', () => {
    expect(normalized({})).toMatchObject({
      externalUserId: null,
      createdAt: null,
      updatedAt: null,
      decidedAt: null,
      faults: [],
      details: { businessAccountId: null, accountType: null, profileId: null, createdBy: null, entities: [] },
      personal: { person: null, metadata: null, sourceHistory: [], entities: [] },
    });
  });

  it('is null where the source sends an empty string, a name included', () => {
    const entity = {
      accountId: '',
      firstName: '',
      legalName: 'Smith & Partners',
      docUploadUrl: '',
      createdBy: {},
    };
    const read = normalized({
      accountId: '',
      firstName: '',
      lastName: '',
      legalName: '',
      entities: [entity],
    });
    expect([read.externalUserId, read.personal.person]).toEqual([null, null]);
    expect(read.personal.entities[0]).toMatchObject({
      person: { ...JAMES, givenName: null, familyName: null, legalName: 'Smith & Partners' },
      documentUploadUrl: null,
      processingSummary: null,
    });
    expect(read.details.entities[0]).toMatchObject({ accountId: null, createdBy: null });
    expect(read.faults).toEqual([]);
  });

  it('leaves an actor with an id alone', () => {
    expect(normalized({ createdBy: { id: 'x' } }).details.createdBy).toEqual({ id: 'x', type: null });
  });
});

describe('faults', () => {
  it('keep the other fields, of the row and of its entities', () => {
    const read = normalized({
      latestStatus: 'COMPLETED',
      outcome: 'Approved',
      completedAt: '2023-02-30T10:00:00Z',
      identityVerificationProfileId: 7,
      metadata: 'none',
      createdBy: 'someone',
      entities: [
        { accountId: 'a', status: 'NEW', createdAt: 1_691_615_797 },
        'no entity',
        {
          accountId: 'b',
          outcomeDetails: [{ outcomeReasons: [{ name: 1, type: 'Fraud check' }], tags: ['t', 2] }],
        },
      ],
    });
    expect(read).toMatchObject({ status: 'APPROVED', decidedAt: null });
    expect(read.details).toMatchObject({ profileId: null, createdBy: null });
    expect(read.details.entities.map(({ accountId }) => accountId)).toEqual(['a', 'b']);
    expect(read.personal.entities[1]?.outcomeDetails).toEqual([
      { reasons: [{ name: null, type: 'Fraud check' }], tags: ['t'] },
    ]);
    expect(new Map(read.faults.map(({ path, expected }) => [path, expected]))).toEqual(
      new Map([
        ['completedAt', 'RFC 3339 time'],
        ['identityVerificationProfileId', 'text'],
        ['metadata', 'object'],
        ['createdBy', 'object'],
        ['entities.0.createdAt', 'RFC 3339 time'],
        ['entities.1', 'object'],
        ['entities.2.outcomeDetails.0.outcomeReasons.0.name', 'text'],
        ['entities.2.outcomeDetails.0.tags.1', 'text'],
      ]),
    );
  });

  it.each([[null], ['text'], [[]], [{}], [{ id: '' }], [{ id: 7 }], [{ accountId: 'a' }]])(
    'leave %j unidentified',
    (row) => {
      expect(normalizeApplication(row)).toBeNull();
    },
  );
});

describe('objects of the source', () => {
  it('are passed on unmapped and change no prototype', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"deep":[{"a":null}]}';
    const object: unknown = JSON.parse(text);
    const { personal } = normalized({ metadata: object, entities: [{ processingSummary: object }] });
    expect(JSON.stringify(personal.metadata)).toBe(text);
    expect(JSON.stringify(personal.entities[0]?.processingSummary)).toBe(text);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(personal.metadata)).toBe(Object.prototype);
  });
});

describe('entities', () => {
  it('stand in one order in the open and in the personal part, each account an identity of its own', () => {
    const read = normalized({
      accountId: 'firm',
      latestStatus: 'PROCESSING',
      entities: [
        { accountId: 'firm', legalName: 'Firm', status: 'PROCESSING' },
        { accountId: 'jane', firstName: 'Jane', status: 'COMPLETED', outcome: 'Denied' },
        {
          accountId: null,
          firstName: 'Joe',
          status: 'PENDING_DOCUMENTS',
          docUploadUrl: 'https: //up.example',
        },
      ],
    });
    expect(read.personal.entities.map(({ person }) => person?.givenName ?? person?.legalName)).toEqual([
      'Firm',
      'Jane',
      'Joe',
    ]);
    expect(read.personal.entities[2]?.documentUploadUrl).toBe('https: //up.example');
    expect(subjectsOf(read)).toEqual([
      { externalUserId: 'firm', role: 'OWNER', status: 'PENDING', reason: 'PROCESSING' },
      { externalUserId: 'jane', role: 'ENTITY', status: 'REJECTED', reason: 'DECLINED' },
    ]);
  });
});
