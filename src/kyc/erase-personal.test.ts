import { describe, expect, it } from 'vitest';

import type { Check } from './check.ts';
import { erasePersonal } from './erase-personal.ts';
import { NOBODY } from './person.ts';
import { anApplication, aRecord, entityPersonal } from './testing/personal.ts';

const record = aRecord({ person: { ...NOBODY, fullName: 'Ada' }, numbers: ['P1'] });
const application = anApplication({
  person: { ...NOBODY, legalName: 'Firm' },
  entities: [
    { accountId: 'eve', ...entityPersonal({ ...NOBODY, givenName: 'Eve' }) },
    { accountId: 'max', ...entityPersonal({ ...NOBODY, givenName: 'Max' }) },
    { accountId: null, ...entityPersonal({ ...NOBODY, givenName: 'Nameless' }) },
  ],
});
const erased =
  (...accounts: string[]) =>
  (account: string) =>
    accounts.includes(account);
const NOTHING = {
  person: null,
  outcomeDetails: [],
  sourceHistory: [],
  processingSummary: null,
  documentUploadUrl: null,
};

describe('erasePersonal', () => {
  it('leaves a record of nobody who was erased as it is', () => {
    for (const said of [record, application]) {
      expect(erasePersonal(said, erased('stranger'))).toBe(said);
      expect(erasePersonal({ ...said, externalUserId: null }, erased('owner')).personal).toBe(said.personal);
    }
  });

  it('keeps ids, statuses and times of a record, and nothing of its person', () => {
    const shell = erasePersonal(record, erased('owner'));
    expect(shell).toStrictEqual({
      ...record,
      details: { ...record.details, vendor: { code: 'code', status: 'done', inquiryId: null } },
      personal: { person: null, documents: [], declineReason: null, rejectionMessage: null },
    });
    expect(erasePersonal(shell, erased('owner'))).toStrictEqual(shell);
  });

  it('keeps of a check what it was and how it ended', () => {
    const check: Check = {
      ...record,
      kind: 'CHECK',
      details: {
        type: 'INSTRUMENT_FIT',
        sourceType: 'fit',
        confirmedAt: null,
        vendor: null,
        method: 'form',
        suitable: false,
        isUpdate: null,
      },
      personal: {
        document: record.personal.documents[0] ?? null,
        confirmedAddress: { line1: 'x', line2: null, postcode: null, city: null, state: null, country: null },
      },
    };
    expect(erasePersonal(check, erased('owner'))).toStrictEqual({
      ...check,
      details: { ...check.details, suitable: null },
      personal: { document: null, confirmedAddress: null },
    });
  });

  it("takes of another's application the entity alone, and what may have been said of it", () => {
    const shell = erasePersonal(application, erased('eve'));
    const [onOne, onAll] = application.personal.sourceHistory;
    expect(shell.details).toStrictEqual(application.details);
    expect(shell.personal).toStrictEqual({
      ...application.personal,
      sourceHistory: [{ ...onOne, message: null }, onAll],
      entities: [NOTHING, ...application.personal.entities.slice(1)],
    });
  });

  it('takes of an application of several all that is the applicant’s, and leaves the others theirs', () => {
    const shell = erasePersonal(application, erased('owner'));
    expect(shell.personal).toStrictEqual({
      person: null,
      metadata: null,
      sourceHistory: [],
      entities: [...application.personal.entities.slice(0, 2), NOTHING],
    });
    expect(shell.details).toStrictEqual({
      ...application.details,
      createdBy: null,
      entities: application.details.entities.map((entity) => ({ ...entity, createdBy: null })),
    });
    expect(JSON.stringify(erasePersonal(application, erased('owner', 'eve', 'max')).personal)).not.toMatch(
      /Firm|Eve|Max|Nameless|much|upload|on all/,
    );
  });
});
