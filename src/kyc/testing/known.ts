import { verificationId } from '#kyc/id';
import type { IdvEntity } from '#kyc/idv-application';
import type { KnownVerificationOf } from '#kyc/known-verification';
import { sourceId } from '#kyc/source-id';
import type { VerificationKind } from '#kyc/verification-core';

import { may } from './contributions.ts';

function core<Kind extends VerificationKind>(kind: Kind, externalId: string) {
  const source = sourceId('ALPHA');
  return {
    kind,
    source,
    externalId,
    externalUserId: 'u1',
    status: 'APPROVED' as const,
    reason: 'PASSED' as const,
    sourceStatus: 'Verified',
    outcome: null,
    canRetry: null,
    createdAt: may(1),
    updatedAt: may(2),
    decidedAt: may(3),
    documentExpiresOn: null,
    faults: [],
    id: verificationId(kind, source, externalId),
    userId: 'user',
    lastChangedAt: may(5),
    statusSince: may(3),
    observedAt: may(6),
    readStartedAt: may(6),
    deleted: false,
    via: 'STORE' as const,
    stale: false,
  };
}

/** What is asked to be different from the sample, whatever its kind. */
type Sketch<Kind extends VerificationKind> = Partial<Omit<KnownVerificationOf<Kind>, 'kind' | 'id'>>;

/** A KYC record of ALPHA's user u1, approved. */
export function knownRecord(
  externalId: string,
  sketch: Sketch<'KYC_RECORD'> = {},
): KnownVerificationOf<'KYC_RECORD'> {
  return {
    ...core('KYC_RECORD', externalId),
    details: {
      vendor: null,
      approvedAt: null,
      rejectedAt: null,
      startedAt: null,
      documentsComplete: null,
      passed: null,
    },
    openPersonal: () => ({ person: null, documents: [], declineReason: null, rejectionMessage: null }),
    ...sketch,
  };
}

/** A KYC check of ALPHA's user u1, passed. */
export function knownCheck(externalId: string, sketch: Sketch<'CHECK'> = {}): KnownVerificationOf<'CHECK'> {
  return {
    ...core('CHECK', externalId),
    details: {
      type: 'KYC',
      sourceType: 'KYC',
      confirmedAt: null,
      vendor: null,
      method: null,
      suitable: null,
      isUpdate: null,
    },
    openPersonal: () => ({ document: null, confirmedAddress: null }),
    ...sketch,
  };
}

/** An application of ALPHA's user u1, approved, without entities. */
export function knownApplication(
  externalId: string,
  sketch: Sketch<'IDV_APPLICATION'> = {},
  entities: readonly IdvEntity[] = [],
): KnownVerificationOf<'IDV_APPLICATION'> {
  return {
    ...core('IDV_APPLICATION', externalId),
    details: {
      businessAccountId: 'b1',
      accountType: 'PERSON',
      profileId: 'p1',
      completedAt: may(3),
      createdBy: null,
      updatedBy: null,
      entities,
    },
    openPersonal: () => ({ person: null, metadata: null, sourceHistory: [], entities: [] }),
    ...sketch,
  };
}

/** An entity that is being processed. */
export function entity(accountId: string | null, sketch: Partial<IdvEntity> = {}): IdvEntity {
  return {
    accountId,
    entityType: 'PERSON',
    status: 'PENDING',
    reason: 'PROCESSING',
    sourceStatus: 'PROCESSING',
    outcome: null,
    createdAt: null,
    updatedAt: null,
    createdBy: null,
    updatedBy: null,
    ...sketch,
  };
}
