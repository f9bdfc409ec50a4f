import { describe, expect, it } from 'vitest';

import { NOBODY } from './person.ts';
import { foldTerm, searchTermsOf } from './search-terms.ts';
import { anApplication, aRecord, entityPersonal } from './testing/personal.ts';

describe('foldTerm', () => {
  it.each([
    ['EMAIL', ' Ada@Example.TEST\n', 'ada@example.test'],
    ['FULL_NAME', 'Ada   LOVELACE', ' ada\tlovelace'],
    ['FULL_NAME', 'STRASSER', 'Straßer'],
    ['FULL_NAME', 'ΟΔΟΣ', 'οδοσ'],
    ['FULL_NAME', 'Ame\u0301lie', 'AMÉLIE'],
    ['FULL_NAME', 'Ｊｏｈｎ', 'john'],
    ['DOCUMENT_NUMBER', 'l01x-00 T47', 'L01X00T47'],
    ['DOCUMENT_NUMBER', 'AB–12\u00a034', 'ab1234'],
  ] as const)('takes for the same, as %s, %j and %j', (kind, one, other) => {
    expect(foldTerm(kind, one)).toBe(foldTerm(kind, other));
    expect(foldTerm(kind, one)).not.toBeNull();
  });

  it.each([
    ['EMAIL', 'ada@example.test', 'adaexample.test'],
    ['FULL_NAME', 'Ada Lovelace', 'AdaLovelace'],
    ['FULL_NAME', 'Jose', 'José'],
    ['DOCUMENT_NUMBER', 'L01X00T47', 'LO1X00T47'],
  ] as const)('takes for different, as %s, %j and %j', (kind, one, other) => {
    expect(foldTerm(kind, one)).not.toBe(foldTerm(kind, other));
  });

  it('is null where nothing is left', () => {
    expect(foldTerm('FULL_NAME', ' \n')).toBeNull();
    expect(foldTerm('DOCUMENT_NUMBER', ' - ')).toBeNull();
  });
});

describe('searchTermsOf', () => {
  const terms = (...of: Parameters<typeof searchTermsOf>) =>
    searchTermsOf(...of).map((term) => `${term.externalUserId} ${term.kind} ${term.folded}`);

  it('says of a record what its owner is found by, each once', () => {
    const person = {
      ...NOBODY,
      fullName: 'Ada Lovelace',
      givenName: 'Ada',
      familyName: 'Lovelace',
      email: 'ADA@x.test',
    };
    expect(terms(aRecord({ person, numbers: ['p-1', 'P1', null] }))).toEqual([
      'owner EMAIL ada@x.test',
      'owner FULL_NAME ada lovelace',
      'owner FULL_NAME lovelace ada',
      'owner DOCUMENT_NUMBER P1',
    ]);
    expect(terms({ ...aRecord({ person, numbers: [] }), externalUserId: null })).toEqual([]);
  });

  it("finds an entity by its own account, never the applicant by an entity's data", () => {
    const said = anApplication({
      person: { ...NOBODY, legalName: 'Firm Ltd' },
      entities: [
        { accountId: 'e1', ...entityPersonal({ ...NOBODY, givenName: 'Eve', familyName: 'Ek' }) },
        { accountId: null, ...entityPersonal({ ...NOBODY, givenName: 'No', familyName: 'Body' }) },
      ],
    });
    expect(terms(said)).toEqual(['owner FULL_NAME firm ltd', 'e1 FULL_NAME eve ek', 'e1 FULL_NAME ek eve']);
  });
});
