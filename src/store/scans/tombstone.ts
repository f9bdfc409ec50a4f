import type { Personal, Verification } from '#kyc/verification';
import type { VerificationKind } from '#kyc/verification-core';

/** Personal values of nobody, in the shape of the kind. */
export function emptyPersonal(kind: VerificationKind): Personal {
  switch (kind) {
    case 'KYC_RECORD':
      return { person: null, documents: [], declineReason: null, rejectionMessage: null };
    case 'CHECK':
      return { document: null, confirmedAddress: null };
    case 'IDV_APPLICATION':
      return { person: null, metadata: null, sourceHistory: [], entities: [] };
  }
}

/** What stays of a record's details when it was deleted at the source: what kind of thing it was, nothing of the person. */
export function buriedDetails(
  record:
    | Pick<Extract<Verification, { kind: 'KYC_RECORD' }>, 'kind' | 'details'>
    | Pick<Extract<Verification, { kind: 'CHECK' }>, 'kind' | 'details'>
    | Pick<Extract<Verification, { kind: 'IDV_APPLICATION' }>, 'kind' | 'details'>,
): Verification['details'] {
  switch (record.kind) {
    case 'KYC_RECORD':
      return {
        vendor: null,
        approvedAt: null,
        rejectedAt: null,
        startedAt: null,
        documentsComplete: null,
        passed: null,
      };
    case 'CHECK':
      return {
        type: record.details.type,
        sourceType: record.details.sourceType,
        confirmedAt: null,
        vendor: null,
        method: null,
        suitable: null,
        isUpdate: null,
      };
    case 'IDV_APPLICATION':
      return {
        businessAccountId: record.details.businessAccountId,
        accountType: record.details.accountType,
        profileId: record.details.profileId,
        completedAt: null,
        createdBy: null,
        updatedBy: null,
        entities: [],
      };
  }
}
