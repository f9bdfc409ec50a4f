import { type RawRow } from './raw-row.ts';
import type { Reading } from './statuses.ts';
import { dateTime, type Nanoseconds, today } from './time.ts';

/** The times of a record with all their digits: what lists are ordered by. */
export interface Times {
  readonly createdAt: Nanoseconds | null;
  readonly updatedAt: Nanoseconds | null;
  readonly decidedAt: Nanoseconds | null;
}

/** What must come out of the graph for one raw row: every field but those that the gateway alone knows. */
export interface ExpectedRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly externalId: string;
  readonly externalUserId: string;
  readonly source: string;
  readonly outcome: string | null;
  readonly times: Times;
  /** RocketKOR's entities: the accounts that they are about, in order. */
  readonly entityAccounts: readonly string[];
}

interface Common {
  readonly typename: 'KycRecord' | 'Check' | 'IdvApplication';
  readonly source: string;
  readonly externalId: string | null;
  readonly externalUserId: string | null;
  readonly sourceStatus: string | null;
  readonly reading: Reading;
  readonly canRetry?: boolean | null;
  readonly outcome?: string | null;
  readonly times: Times;
}

const KINDS = { KycRecord: 'KYC_RECORD', Check: 'CHECK', IdvApplication: 'IDV_APPLICATION' };

/** The fields that all records have, and beside them those of one kind. Read `rest` before: it adds to the faults. */
export function expectedRecord(row: RawRow, common: Common, rest: Record<string, unknown>): ExpectedRecord {
  const { typename, source, times, externalId, externalUserId, sourceStatus, reading } = common;
  if (externalId === null || externalUserId === null) throw new TypeError('A row without ids.');
  const fields = {
    __typename: typename,
    source,
    kind: KINDS[typename],
    externalId,
    externalUserId,
    ...reading,
    sourceStatus,
    canRetry: common.canRetry ?? null,
    createdAt: dateTime(times.createdAt),
    updatedAt: dateTime(times.updatedAt),
    decidedAt: dateTime(times.decidedAt),
    faults: row.faults.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    ...rest,
  };
  const entityAccounts: string[] = [];
  return {
    fields,
    externalId,
    externalUserId,
    source,
    outcome: common.outcome ?? null,
    times,
    entityAccounts,
  };
}

const PERSON = {
  fullName: null,
  givenName: null,
  familyName: null,
  legalName: null,
  email: null,
  dateOfBirth: null,
  nationality: null,
  countryOfResidence: null,
};

/** The operator had everybody revealed. Null where nothing is said. */
export function person(said: Partial<Record<keyof typeof PERSON, string | null>>) {
  return clearOrNull({ ...PERSON, ...said });
}

export function clearOrNull(values: Readonly<Record<string, unknown>>) {
  return Object.values(values).every((value) => value === null) ? null : { clearance: 'CLEAR', ...values };
}

export function orNull(values: Readonly<Record<string, unknown>>) {
  return Object.values(values).every((value) => value === null) ? null : values;
}

const DOCUMENT_KINDS: Readonly<Record<string, string>> = {
  passport: 'PASSPORT',
  id_card: 'ID_CARD',
  "driver's license": 'DRIVING_LICENCE',
  'driver’s license': 'DRIVING_LICENCE',
  driving_licence: 'DRIVING_LICENCE',
  residence_permit: 'RESIDENCE_PERMIT',
  utility_bill: 'UTILITY_BILL',
};

const DOCUMENT = {
  number: null,
  issuingCountry: null,
  issuedOn: null,
  expiresOn: null,
  submittedAt: null,
  imageIds: [] as string[],
  evidenceUrl: null,
};

export function identityDocument(
  sourceKind: string | null,
  said: Partial<Record<keyof typeof DOCUMENT, string | null | string[]>>,
) {
  const { expiresOn = null } = said;
  return {
    clearance: 'CLEAR',
    kind: DOCUMENT_KINDS[sourceKind?.toLowerCase() ?? ''] ?? 'OTHER',
    sourceKind,
    isExpired: typeof expiresOn === 'string' ? expiresOn < today() : null,
    ...DOCUMENT,
    ...said,
  };
}

/** The fields of a KycRecord beside the common ones, before a source says any. */
export const KYC_RECORD = {
  person: null,
  documents: [],
  vendor: null,
  declineReason: null,
  approvedAt: null,
  rejectedAt: null,
  startedAt: null,
  documentsComplete: null,
  passed: null,
  rejectionMessage: null,
};
