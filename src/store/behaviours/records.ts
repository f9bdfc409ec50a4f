import type { StatusChange, UserKycChange } from '#kyc/change';
import type { FetchedRecord } from '#kyc/fetched-record';
import { verificationId } from '#kyc/id';
import type { IdvApplication, IdvEntity } from '#kyc/idv-application';
import type { Instant } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import type { KycRecord } from '#kyc/kyc-record';
import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { SourceFailure } from '#kyc/source-report';
import type { User } from '#kyc/user';
import type { IngestBatch, IngestRead, IngestResult, IngestSource, Store } from '#store/store';
import { readLog } from '#store/testing/read-log';

export const ALPHA = sourceId('ALPHA');

/** A source that lists and declares update times, unless said otherwise. */
export function aSource(said: Partial<IngestSource> = {}): IngestSource {
  return { id: ALPHA, versioning: 'updatedAt', listed: true, keepsPersonal: false, ...said };
}

/** The `second`-th second of a day long ago, so that text order is number order. */
export function at(second: number): Instant {
  return `2026-01-01T00:${two(second / 60)}:${two(second % 60)}.000000000Z` as Instant;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

export function aRecord(said: Partial<KycRecord> = {}, raw: unknown = { sent: true }): FetchedRecord {
  const verification: KycRecord = {
    kind: 'KYC_RECORD',
    source: ALPHA,
    externalId: 'record-1',
    externalUserId: 'user-1',
    status: 'PENDING',
    reason: 'SUBMITTED',
    sourceStatus: 'pending',
    outcome: null,
    canRetry: null,
    createdAt: null,
    updatedAt: at(1),
    decidedAt: null,
    documentExpiresOn: null,
    faults: [],
    details: {
      vendor: null,
      approvedAt: null,
      rejectedAt: null,
      startedAt: null,
      documentsComplete: null,
      passed: null,
    },
    personal: { person: null, documents: [], declineReason: null, rejectionMessage: null },
    ...said,
  };
  return { verification, raw };
}

export const APPROVED = { status: 'APPROVED', reason: 'PASSED', sourceStatus: 'approved' } as const;
export const REJECTED = { status: 'REJECTED', reason: 'DECLINED', sourceStatus: 'rejected' } as const;

export function anApplication(
  said: Partial<IdvApplication>,
  entities: readonly Partial<IdvEntity>[],
): FetchedRecord {
  const verification: IdvApplication = {
    kind: 'IDV_APPLICATION',
    source: ALPHA,
    externalId: 'application-1',
    externalUserId: 'applicant',
    status: 'PENDING',
    reason: 'SUBMITTED',
    sourceStatus: 'PENDING',
    outcome: null,
    canRetry: null,
    createdAt: null,
    updatedAt: at(1),
    decidedAt: null,
    documentExpiresOn: null,
    faults: [],
    ...said,
    details: {
      businessAccountId: 'business',
      accountType: 'company',
      profileId: 'profile',
      completedAt: null,
      createdBy: null,
      updatedBy: null,
      entities: entities.map((entity) => ({ ...NO_ENTITY, ...entity })),
    },
    personal: { person: null, metadata: null, sourceHistory: [], entities: entities.map(() => NOTHING) },
  };
  return { verification, raw: null };
}

const NO_ENTITY: IdvEntity = {
  accountId: null,
  entityType: 'person',
  status: 'PENDING',
  reason: 'SUBMITTED',
  sourceStatus: 'PENDING',
  outcome: null,
  createdAt: null,
  updatedAt: null,
  createdBy: null,
  updatedBy: null,
};

const NOTHING = {
  person: null,
  outcomeDetails: [],
  sourceHistory: [],
  processingSummary: null,
  documentUploadUrl: null,
};

/** Takes records in as one read, at second 100 by a poll unless said otherwise. */
export async function take(
  store: Store,
  records: readonly FetchedRecord[],
  said: Partial<Omit<IngestBatch, 'reads'> & Omit<IngestRead, 'records'>> = {},
): Promise<IngestResult> {
  const { readStartedAt = at(100), identitiesRead = [], ...batch } = said;
  const reads = [{ readStartedAt, records, identitiesRead }];
  return await store.ingest({ source: aSource(), learntBy: 'POLL', reads, scan: null, ...batch });
}

/** The whole log. */
export async function logOf(store: Store): Promise<readonly (StatusChange | UserKycChange)[]> {
  return await readLog(store);
}

export async function statusRows(store: Store): Promise<readonly StatusChange[]> {
  return (await logOf(store)).filter((row) => 'verificationId' in row);
}

export async function userRows(store: Store): Promise<readonly UserKycChange[]> {
  return (await logOf(store)).filter((row) => 'nextAction' in row);
}

export function idOf({ verification }: FetchedRecord): string {
  return verificationId(verification.kind, verification.source, verification.externalId);
}

export async function knownOf(store: Store, record: FetchedRecord): Promise<KnownVerification> {
  const [known] = await store.readVerifications([idOf(record)], SEES_ALL);
  if (known === undefined || known === null) throw new Error('The record is not in the store.');
  return known;
}

export async function userOf(store: Store, externalId: string): Promise<User> {
  const [user] = await store.readUsersByIdentity([{ source: ALPHA, externalId }], SEES_ALL);
  if (user === undefined || user === null) throw new Error('The user is not in the store.');
  return user;
}

/** Begins a scan, takes the records in as its only page, ends it. */
export async function scanWhole(
  store: Store,
  records: readonly FetchedRecord[],
  said: { second: number; unidentified?: number; totalAtSource?: number | null; incomplete?: SourceFailure },
) {
  const { generation } = await store.beginScan(ALPHA);
  const pages = Math.max(1, Math.ceil(records.length / 200));
  for (let page = 0; page < pages; page += 1) {
    const isLast = page === pages - 1;
    await take(store, records.slice(page * 200, (page + 1) * 200), {
      readStartedAt: at(said.second),
      scan: {
        generation,
        next: isLast ? null : { page: page + 1 },
        unidentified: isLast ? (said.unidentified ?? 0) : 0,
        totalAtSource: said.totalAtSource ?? null,
        incomplete: isLast ? (said.incomplete ?? null) : null,
      },
    });
  }
  return await store.endScan(aSource(), generation);
}
