import type { FetchedRecord } from '#kyc/fetched-record';
import type { IdvApplication } from '#kyc/idv-application';
import type { KycRecord } from '#kyc/kyc-record';
import { NOBODY, type Person } from '#kyc/person';

import { anApplication, aRecord } from './records.ts';

export function aPerson(said: Partial<Person>): Person {
  return { ...NOBODY, ...said };
}

/** A record with a person, and one passport of that number. Its payload says the same. */
export function personalRecord(
  person: Partial<Person>,
  number: string | null = null,
  said: Partial<KycRecord> = {},
): FetchedRecord {
  const document = {
    kind: 'PASSPORT' as const,
    sourceKind: 'passport',
    number,
    issuingCountry: 'GB',
    issuedOn: null,
    expiresOn: null,
    submittedAt: null,
    imageIds: [],
    evidenceUrl: null,
  };
  const personal = {
    person: aPerson(person),
    documents: number === null ? [] : [document],
    declineReason: 'It was blurred.',
    rejectionMessage: null,
  };
  return aRecord({ personal, ...said }, { person, number });
}

/** An application of `applicant` with a person, and entities with persons of their own. */
export function personalApplication(
  person: Partial<Person>,
  entities: readonly { accountId: string | null; person: Partial<Person> }[],
  said: Partial<IdvApplication> = {},
): FetchedRecord {
  const { verification } = anApplication(
    said,
    entities.map(({ accountId }) => ({ accountId })),
  );
  const ofEntity = {
    outcomeDetails: [],
    sourceHistory: [],
    processingSummary: null,
    documentUploadUrl: null,
  };
  const personal: IdvApplication['personal'] = {
    person: aPerson(person),
    metadata: { said: 'much' },
    sourceHistory: [],
    entities: entities.map((entity) => ({ ...ofEntity, person: aPerson(entity.person) })),
  };
  return {
    verification: { ...verification, personal } as IdvApplication,
    raw: { person, entities: entities.map((entity) => entity.person) },
  };
}
