import { describe, expect, it } from 'vitest';

import type { CheckPersonal } from './check.ts';
import type { IdvApplicationPersonal } from './idv-application.ts';
import { keepPersonal } from './keep-personal.ts';
import type { KycRecordPersonal } from './kyc-record.ts';
import { type IdentityDocument, NOBODY, type Person } from './person.ts';

const person = (given: Partial<Person>): Person => ({ ...NOBODY, ...given });

const passport: IdentityDocument = {
  kind: 'PASSPORT',
  sourceKind: 'passport',
  number: 'P1',
  issuingCountry: 'DE',
  issuedOn: null,
  expiresOn: null,
  submittedAt: null,
  imageIds: [],
  evidenceUrl: null,
};

const record = (given: Partial<KycRecordPersonal>): KycRecordPersonal => ({
  person: null,
  documents: [],
  declineReason: null,
  rejectionMessage: null,
  ...given,
});

describe('keepPersonal', () => {
  it('keeps each field that the newer read leaves out, and takes each that it gives', () => {
    const older = record({ person: person({ givenName: 'Ada', familyName: 'Byron', nationality: 'GB' }) });
    const newer = record({ person: person({ givenName: 'Ada', familyName: 'Lovelace' }) });
    expect(keepPersonal(newer, older)).toStrictEqual(
      record({ person: person({ givenName: 'Ada', familyName: 'Lovelace', nationality: 'GB' }) }),
    );
  });

  it.each(Object.keys(NOBODY))('keeps %s', (field) => {
    const older = record({ person: person({ [field]: '2000-01-01' }) });
    expect(keepPersonal(record({ person: person({}) }), older)).toStrictEqual(older);
    expect(keepPersonal(record({}), older)).toStrictEqual(older);
    expect(keepPersonal(older, record({}))).toStrictEqual(older);
  });

  it('keeps the documents only while the newer read lists none', () => {
    const older = record({ documents: [passport] });
    const other = { ...passport, number: 'P2' };
    expect(keepPersonal(record({}), older)).toStrictEqual(older);
    expect(keepPersonal(record({ documents: [other] }), older)).toStrictEqual(record({ documents: [other] }));
  });

  it('lets go of what belongs to a status that is over', () => {
    const older = record({ declineReason: 'blurred', rejectionMessage: 'again, please' });
    expect(keepPersonal(record({}), older)).toStrictEqual(record({}));
  });

  it('is nobody as long as nothing was given', () => {
    expect(keepPersonal(record({}), record({}))).toStrictEqual(record({}));
  });

  it('keeps the document and the address of a check', () => {
    const address = {
      line1: 'Rosenweg 221',
      line2: null,
      postcode: null,
      city: null,
      state: null,
      country: 'DE',
    };
    const older: CheckPersonal = { document: passport, confirmedAddress: address };
    const newer: CheckPersonal = { document: { ...passport, number: 'P2' }, confirmedAddress: null };
    expect(keepPersonal({ document: null, confirmedAddress: null }, older)).toStrictEqual(older);
    expect(keepPersonal(newer, older)).toStrictEqual({ ...newer, confirmedAddress: address });
  });

  it('keeps an applicant, and takes the entities as the newer read counts them', () => {
    const empty: IdvApplicationPersonal = { person: null, metadata: null, sourceHistory: [], entities: [] };
    const part = {
      person: null,
      outcomeDetails: [],
      sourceHistory: [],
      processingSummary: null,
      documentUploadUrl: null,
    };
    const older = {
      ...empty,
      person: person({ email: 'a@b.example' }),
      metadata: { a: 1 },
      entities: [part],
    };
    expect(keepPersonal(empty, older)).toStrictEqual({ ...older, entities: [] });
  });

  it('takes the newer read alone where the two are of different kinds', () => {
    const newer: CheckPersonal = { document: null, confirmedAddress: null };
    expect(keepPersonal(newer, record({ documents: [passport] }))).toBe(newer);
  });
});
