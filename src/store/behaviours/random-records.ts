import fc from 'fast-check';

import { checkTypes } from '#kyc/check';
import type { FetchedRecord } from '#kyc/fetched-record';
import type { Instant } from '#kyc/instant';
import { sourceId } from '#kyc/source-id';
import { kycStatuses, kycStatusReasons } from '#kyc/status';
import type { Verification } from '#kyc/verification';
import type { IngestSource } from '#store/store';

/** Few values, so that ties, nulls and hits are common. */
export const sources = ['ALPHA', 'BETA', 'GAMMA'].map(sourceId);
export const people = Array.from({ length: 12 }, (_, at) => `person-${at}`);
export const instants = [
  '2024-02-29T23:59:59.999999999Z',
  '2025-01-01T00:00:00.000000000Z',
  '2025-01-01T00:00:00.000000001Z',
  '2026-07-01T12:00:00.000000000Z',
] as Instant[];
export const words = ['In Review', 'in-review', 'APPROVED', 'Straße', 'ΣΊΣΥΦΟΣ', ''];
export const labels = ['basic', 'Basic', 'full'];
export const businessAccounts = ['acme', 'globex'];

export function ingestSource(id: IngestSource['id']): IngestSource {
  return { id, versioning: 'read', listed: true, keepsPersonal: false };
}

const at = fc.option(fc.constantFrom(...instants));

const core = fc.record({
  externalUserId: fc.option(fc.constantFrom(...people), { freq: 6 }),
  status: fc.constantFrom(...kycStatuses.filter((status) => status !== 'CANCELLED')),
  reason: fc.option(fc.constantFrom(...kycStatusReasons)),
  sourceStatus: fc.option(fc.constantFrom(...words)),
  outcome: fc.option(fc.constantFrom(...words)),
  canRetry: fc.option(fc.boolean()),
  createdAt: at,
  updatedAt: at,
  decidedAt: at,
  documentExpiresOn: fc.constant(null),
  faults: fc.constantFrom([], [{ path: 'a.b', expected: 'text' }]),
});

const kycRecord = core.map((said) => ({
  ...said,
  kind: 'KYC_RECORD' as const,
  details: {
    vendor: null,
    approvedAt: null,
    rejectedAt: null,
    startedAt: null,
    documentsComplete: null,
    passed: null,
  },
  personal: { person: null, documents: [], declineReason: null, rejectionMessage: null },
}));

const check = fc.tuple(core, fc.constantFrom(...checkTypes)).map(([said, type]) => ({
  ...said,
  kind: 'CHECK' as const,
  details: {
    type,
    sourceType: type,
    confirmedAt: null,
    vendor: null,
    method: null,
    suitable: null,
    isUpdate: null,
  },
  personal: { document: null, confirmedAddress: null },
}));

const entity = fc.record({
  accountId: fc.option(fc.constantFrom(...people)),
  entityType: fc.constant('person'),
  status: fc.constantFrom(...kycStatuses),
  reason: fc.constant(null),
  sourceStatus: fc.constant(null),
  outcome: fc.constant(null),
  createdAt: fc.constant(null),
  updatedAt: fc.constant(null),
  createdBy: fc.constant(null),
  updatedBy: fc.constant(null),
});

const idvApplication = fc
  .record({
    said: core,
    businessAccountId: fc.option(fc.constantFrom(...businessAccounts)),
    profileId: fc.option(fc.constantFrom(...labels)),
    accountType: fc.option(fc.constantFrom(...labels)),
    entities: fc.array(entity, { maxLength: 2 }),
  })
  .map(({ said, businessAccountId, profileId, accountType, entities }) => ({
    ...said,
    kind: 'IDV_APPLICATION' as const,
    details: {
      businessAccountId,
      accountType,
      profileId,
      completedAt: null,
      createdBy: null,
      updatedBy: null,
      entities,
    },
    personal: {
      person: null,
      metadata: null,
      sourceHistory: [],
      entities: entities.map(() => ({
        person: null,
        outcomeDetails: [],
        sourceHistory: [],
        processingSummary: null,
        documentUploadUrl: null,
      })),
    },
  }));

/** A batch of records of one source, of all kinds, external ids `<batch>-0`, `<batch>-1` ... */
export function randomRecords(batch: string, count: number, seed: number): readonly FetchedRecord[] {
  const source = sources[seed % sources.length] ?? sourceId('ALPHA');
  const bodies = fc.sample(fc.oneof(kycRecord, check, idvApplication), { numRuns: count, seed });
  return bodies.map((body, at) => {
    const verification = { ...body, source, externalId: `${batch}-${at}` } satisfies Verification;
    return { verification, raw: { n: at } };
  });
}
