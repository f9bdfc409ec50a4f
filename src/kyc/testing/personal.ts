import type { IdvApplication, IdvEntity, IdvEntityPersonal } from '#kyc/idv-application';
import type { KycRecord } from '#kyc/kyc-record';
import type { Person } from '#kyc/person';
import { sourceId } from '#kyc/source-id';

import { may } from './contributions.ts';

const CORE = {
  source: sourceId('ALPHA'),
  externalId: 'r1',
  externalUserId: 'owner',
  status: 'APPROVED',
  reason: 'PASSED',
  sourceStatus: 'Verified',
  outcome: null,
  canRetry: null,
  createdAt: may(1),
  updatedAt: may(2),
  decidedAt: may(3),
  documentExpiresOn: null,
  faults: [],
} as const;

/** A record of `owner` with all that is personal in one. */
export function aRecord(of: { person: Person | null; numbers: readonly (string | null)[] }): KycRecord {
  const documents = of.numbers.map((number) => ({
    kind: 'PASSPORT' as const,
    sourceKind: 'passport',
    number,
    issuingCountry: 'GB',
    issuedOn: null,
    expiresOn: null,
    submittedAt: null,
    imageIds: ['image'],
    evidenceUrl: null,
  }));
  return {
    ...CORE,
    kind: 'KYC_RECORD',
    details: {
      vendor: { code: 'code', status: 'done', inquiryId: 'inquiry' },
      approvedAt: may(3),
      rejectedAt: null,
      startedAt: null,
      documentsComplete: true,
      passed: true,
    },
    personal: { person: of.person, documents, declineReason: 'blurred', rejectionMessage: 'again' },
  };
}

export function entityPersonal(person: Person): IdvEntityPersonal {
  return {
    person,
    outcomeDetails: [{ reasons: [{ name: 'name', type: 'type' }], tags: ['tag'] }],
    sourceHistory: [],
    processingSummary: { said: 'much' },
    documentUploadUrl: 'https://upload.test/1',
  };
}

/** An application of `owner`, created by its own account. */
export function anApplication(of: {
  person: Person | null;
  entities: readonly (IdvEntityPersonal & Pick<IdvEntity, 'accountId'>)[];
}): IdvApplication {
  const entry = { id: 'h', status: 'PENDING', sourceStatus: 'PENDING', outcome: null } as const;
  const times = { createdAt: may(1), updatedAt: null };
  return {
    ...CORE,
    kind: 'IDV_APPLICATION',
    details: {
      businessAccountId: 'business',
      accountType: 'company',
      profileId: 'profile',
      completedAt: null,
      createdBy: { id: 'owner', type: 'USER' },
      updatedBy: { id: 'clerk', type: 'USER' },
      entities: of.entities.map(({ accountId }) => ({
        accountId,
        entityType: 'person',
        status: 'APPROVED',
        reason: 'PASSED',
        sourceStatus: 'COMPLETED',
        outcome: 'approved',
        ...times,
        createdBy: { id: 'owner', type: 'USER' },
        updatedBy: null,
      })),
    },
    personal: {
      person: of.person,
      metadata: { said: 'much' },
      sourceHistory: [
        { ...entry, ...times, entityId: 'x', message: 'on one entity' },
        { ...entry, ...times, entityId: null, message: 'on all' },
      ],
      entities: of.entities.map(({ accountId: _accountId, ...personal }) => personal),
    },
  };
}
