import type { Answer } from '#kyc/answer';
import { verificationId } from '#kyc/id';
import { type Instant, parseRfc3339 } from '#kyc/instant';
import type { KnownVerification, KnownVerificationOf } from '#kyc/known-verification';
import { NOBODY } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import type { User } from '#kyc/user';

export const ALPHA = sourceId('ALPHA');
export const BETA = sourceId('BETA');
export const GAMMA = sourceId('GAMMA');

export function at(text: string): Instant {
  const instant = parseRfc3339(text);
  if (instant === null) throw new TypeError('A test names a time that is none.');
  return instant;
}

const NOW = at('2026-03-01T12:00:00Z');

const common = {
  status: 'APPROVED',
  reason: 'PASSED',
  sourceStatus: 'approved',
  outcome: null,
  canRetry: null,
  createdAt: at('2026-01-01T00:00:00Z'),
  updatedAt: null,
  decidedAt: null,
  documentExpiresOn: null,
  faults: [],
  userId: null,
  lastChangedAt: NOW,
  statusSince: NOW,
  observedAt: NOW,
  readStartedAt: NOW,
  deleted: false,
  via: 'STORE',
  stale: false,
} as const;

/** A record of ALPHA, whose kind is KYC_RECORD. */
export function kycRecord(
  externalId: string,
  over: Partial<KnownVerificationOf<'KYC_RECORD'>> = {},
): KnownVerificationOf<'KYC_RECORD'> {
  return {
    ...common,
    kind: 'KYC_RECORD',
    id: verificationId('KYC_RECORD', ALPHA, externalId),
    source: ALPHA,
    externalId,
    externalUserId: `user-${externalId}`,
    details: {
      vendor: null,
      approvedAt: null,
      rejectedAt: null,
      startedAt: null,
      documentsComplete: null,
      passed: null,
    },
    openPersonal: () => ({ person: null, documents: [], declineReason: null, rejectionMessage: null }),
    ...over,
  };
}

/** A record of BETA, whose kind is CHECK. */
export function check(
  externalId: string,
  over: Partial<KnownVerificationOf<'CHECK'>> = {},
): KnownVerificationOf<'CHECK'> {
  return {
    ...common,
    kind: 'CHECK',
    id: verificationId('CHECK', BETA, externalId),
    source: BETA,
    externalId,
    externalUserId: `user-${externalId}`,
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
    ...over,
  };
}

/** A record of GAMMA, whose kind is IDV_APPLICATION: the applicant, and one entity with an account of its own. */
export function application(
  externalId: string,
  over: Partial<KnownVerificationOf<'IDV_APPLICATION'>> = {},
): KnownVerificationOf<'IDV_APPLICATION'> {
  const entity = {
    accountId: 'entity-account',
    entityType: 'OWNER',
    status: 'ACTION_REQUIRED',
    reason: 'DOCUMENTS_REQUIRED',
    sourceStatus: 'PENDING_DOCUMENTS',
    outcome: null,
    createdAt: null,
    updatedAt: null,
    createdBy: null,
    updatedBy: null,
  } as const;
  return {
    ...common,
    kind: 'IDV_APPLICATION',
    id: verificationId('IDV_APPLICATION', GAMMA, externalId),
    source: GAMMA,
    externalId,
    externalUserId: 'applicant-account',
    status: 'ACTION_REQUIRED',
    reason: 'DOCUMENTS_REQUIRED',
    details: {
      businessAccountId: null,
      accountType: null,
      profileId: null,
      completedAt: null,
      createdBy: null,
      updatedBy: null,
      entities: [entity],
    },
    openPersonal: () => ({
      person: { ...NOBODY, fullName: 'The Applicant', email: 'applicant@example.org' },
      metadata: { note: 'private' },
      sourceHistory: [],
      entities: [
        {
          person: { ...NOBODY, fullName: 'The Entity' },
          outcomeDetails: [],
          sourceHistory: [],
          processingSummary: null,
          documentUploadUrl: 'https://upload.example.org/entity',
        },
      ],
    }),
    ...over,
  };
}

export const NOT_STARTED: Answer = {
  policy: 'strict',
  status: 'NOT_STARTED',
  reason: null,
  becauseId: null,
  nextAction: 'START',
  canRetry: null,
  contributorIds: [],
  conflicting: false,
  validUntil: null,
  lapsesOn: null,
};

/** A user with one identity per `[source, external id]`. */
export function user(id: string, identities: readonly (readonly [typeof ALPHA, string])[] = []): User {
  return {
    id,
    createdAt: NOW,
    answer: NOT_STARTED,
    identities: identities.map(([source, externalId]) => ({
      source,
      externalId,
      userId: id,
      linkedAt: NOW,
      linkedBy: 'someone',
      connected: false,
      lastReadAt: null,
    })),
  };
}

export function withUser<V extends KnownVerification>(known: V, { id }: User): V {
  return { ...known, userId: id };
}
