import type { FetchedRecord } from '#kyc/fetched-record';
import type { KycRecord } from '#kyc/kyc-record';
import type { SourceId } from '#kyc/source-id';

/** A record of a usual size, with its payload. */
export function sampleRecord(source: SourceId, index: number, status: 'PENDING' | 'APPROVED'): FetchedRecord {
  const verification: KycRecord = {
    kind: 'KYC_RECORD',
    source,
    externalId: `record-${index}`,
    externalUserId: `user-${index}`,
    status,
    reason: status === 'PENDING' ? 'SUBMITTED' : 'PASSED',
    sourceStatus: status.toLowerCase(),
    outcome: null,
    canRetry: null,
    createdAt: null,
    updatedAt: null,
    decidedAt: null,
    documentExpiresOn: null,
    faults: [],
    details: {
      vendor: { code: 'vendor', status: 'done', inquiryId: `inquiry-${index}` },
      approvedAt: null,
      rejectedAt: null,
      startedAt: null,
      documentsComplete: null,
      passed: null,
    },
    personal: {
      person: {
        fullName: `Person ${index}`,
        givenName: 'Person',
        familyName: `${index}`,
        legalName: null,
        email: `person${index}@example.test`,
        dateOfBirth: null,
        nationality: 'DE',
        countryOfResidence: 'DE',
      },
      documents: [],
      declineReason: null,
      rejectionMessage: null,
    },
  };
  return { verification, raw: { ...verification, filler: 'x'.repeat(600) } };
}
