import { describe, expect, it } from 'vitest';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { userId } from '#kyc/id';
import { addDays, dayOf, now, parseDay } from '#kyc/instant';
import { type IdentityDocument, NOBODY } from '#kyc/person';

import { createFakeContext } from './testing/fake-context.ts';
import {
  ALPHA,
  application,
  at,
  check,
  GAMMA,
  kycRecord,
  NOT_STARTED,
  user,
  withUser,
} from './testing/records.ts';

const withoutPii: Principal = { ...LOCAL_OPERATOR, kind: 'ANALYST', scopes: ['kyc:status'] };
const someone = user(userId('someone'), [[ALPHA, 'user-1']]);

const passport: IdentityDocument = {
  kind: 'PASSPORT',
  sourceKind: 'passport',
  number: 'X1234567',
  issuingCountry: 'DE',
  issuedOn: parseDay('2020-01-01'),
  expiresOn: parseDay('2020-12-31'),
  submittedAt: at('2020-06-01T00:00:00Z'),
  imageIds: ['image-1'],
  evidenceUrl: 'https://evidence.example.org/1',
};

/** A record that counts how often its personal values are opened. */
function sealedRecord() {
  const opened = { times: 0 };
  const known = kycRecord('1', {
    openPersonal: () => {
      opened.times += 1;
      return {
        person: { ...NOBODY, fullName: 'Jane Roe', dateOfBirth: parseDay('1990-05-05') },
        documents: [passport],
        declineReason: 'Jane Roe was not recognised',
        rejectionMessage: 'Dear Jane',
      };
    },
  });
  return { opened, known: withUser(known, someone) };
}

const PERSONAL = `person { clearance fullName dateOfBirth email }
  documents { clearance kind sourceKind number issuingCountry issuedOn expiresOn isExpired submittedAt imageIds evidenceUrl }
  declineReason rejectionMessage`;

describe('personal values', () => {
  it('are not opened unless one of them is asked for', async () => {
    const { opened, known } = sealedRecord();
    const { ask } = createFakeContext({ users: [someone], verifications: [known] });
    await ask(`{ verifications { totalCount nodes { id status faults { path } user { id kyc { status } }
      ... on KycRecord { vendor { code } approvedAt passed } } } }`);
    expect(opened.times).toBe(0);
  });

  it('are opened once per record, however often they are asked for', async () => {
    const { opened, known } = sealedRecord();
    const answer = { ...NOT_STARTED, becauseId: known.id, contributorIds: [known.id] };
    const { ask } = createFakeContext({ users: [someone], verifications: [known], answer });
    const { errors } = await ask(`{ user(id: "${someone.id}") {
      person { fullName } again: person { email }
      kycRecords { nodes { ${PERSONAL} } edges { node { ${PERSONAL} } } }
      kyc { because { ...Personal } contributors { ...Personal } }
    } } fragment Personal on KycRecord { ${PERSONAL} }`);
    expect(errors).toEqual([]);
    expect(opened.times).toBe(1);
  });

  it('are given in clear to who may see them', async () => {
    const { known } = sealedRecord();
    const { ask } = createFakeContext({ verifications: [known], revealed: [someone.id] });
    const { data } = await ask(`{ kycRecords { nodes { ${PERSONAL} } } }`);
    expect(data.kycRecords.nodes[0]).toEqual({
      person: { clearance: 'CLEAR', fullName: 'Jane Roe', dateOfBirth: '1990-05-05', email: null },
      documents: [
        { ...passport, clearance: 'CLEAR', isExpired: true, submittedAt: '2020-06-01T00:00:00.000Z' },
      ],
      declineReason: 'Jane Roe was not recognised',
      rejectionMessage: 'Dear Jane',
    });
  });

  it('are masked to others, but for the kind and the expiry of a document', async () => {
    const { known } = sealedRecord();
    const { ask } = createFakeContext({ users: [someone], verifications: [known], principal: withoutPii });
    const { data } = await ask(
      `{ kycRecords { nodes { ${PERSONAL} user { person { clearance fullName } } } } }`,
    );
    expect(data.kycRecords.nodes[0]).toEqual({
      person: { clearance: 'MASKED', fullName: 'J. R.', dateOfBirth: null, email: null },
      documents: [
        {
          clearance: 'MASKED',
          kind: 'PASSPORT',
          sourceKind: null,
          number: '***4567',
          issuingCountry: null,
          issuedOn: null,
          expiresOn: '2020-12-31',
          isExpired: true,
          submittedAt: null,
          imageIds: [],
          evidenceUrl: null,
        },
      ],
      declineReason: null,
      rejectionMessage: null,
      user: { person: { clearance: 'MASKED', fullName: 'J. R.' } },
    });
  });

  it('of an address and an application are masked to others too', async () => {
    const address = { line1: 'Main St 1', line2: null, postcode: '1', city: 'X', state: null, country: 'DE' };
    const aCheck = check('1', { openPersonal: () => ({ document: passport, confirmedAddress: address }) });
    const { ask } = createFakeContext({ verifications: [aCheck, application('a')], principal: withoutPii });
    const { data } = await ask(`{
      checks { nodes { confirmedAddress { clearance line1 city country } document { number } } }
      idvApplications { nodes { person { fullName } metadata entities { person { fullName } documentUploadUrl processingSummary } } }
    }`);
    expect(data).toEqual({
      checks: {
        nodes: [
          {
            confirmedAddress: { clearance: 'MASKED', line1: null, city: null, country: null },
            document: { number: '***4567' },
          },
        ],
      },
      idvApplications: {
        nodes: [
          {
            person: { fullName: 'T. A.' },
            metadata: null,
            entities: [{ person: { fullName: 'T. E.' }, documentUploadUrl: null, processingSummary: null }],
          },
        ],
      },
    });
  });

  it.each([
    ['yesterday', -1, true],
    ['today', 0, false],
    ['tomorrow', 1, false],
  ])('say of a document whose last day is %s whether it is expired', async (_when, days, expected) => {
    const document = { ...passport, expiresOn: addDays(dayOf(now()), days) };
    const known = check('1', { openPersonal: () => ({ document, confirmedAddress: null }) });
    const { ask } = createFakeContext({ verifications: [known] });
    const { data } = await ask('{ checks { nodes { document { isExpired } } } }');
    expect(data.checks.nodes[0].document.isExpired).toBe(expected);
  });
});

describe('the person of a user', () => {
  const personOf = async (who: typeof someone, verifications: Parameters<typeof withUser>[0][]) => {
    const { ask } = createFakeContext({ users: [who], verifications });
    const { data } = await ask(`{ user(id: "${who.id}") { person { fullName email nationality } } }`);
    return data.user.person;
  };
  const record = (id: string, observed: string, person: Partial<typeof NOBODY>) =>
    kycRecord(id, {
      userId: someone.id,
      externalUserId: 'user-1',
      observedAt: at(observed),
      openPersonal: () => ({
        person: { ...NOBODY, ...person },
        documents: [],
        declineReason: null,
        rejectionMessage: null,
      }),
    });

  it('has each field from the newest-observed record that has it', async () => {
    const person = await personOf(someone, [
      record('1', '2026-01-01T00:00:00Z', { fullName: 'Old', email: 'old@example.org', nationality: 'DE' }),
      record('2', '2026-03-01T00:00:00Z', { fullName: 'New' }),
      record('3', '2026-02-01T00:00:00Z', { fullName: 'Middle', email: 'middle@example.org' }),
    ]);
    expect(person).toEqual({ fullName: 'New', email: 'middle@example.org', nationality: 'DE' });
  });

  it('is null when no record says anything', async () => {
    expect(await personOf(someone, [withUser(check('1'), someone)])).toBeNull();
    expect(await personOf(someone, [])).toBeNull();
  });

  it('is the entity, never the applicant, for who counts as an entity', async () => {
    const entity = user(userId('entity'), [[GAMMA, 'entity-account']]);
    const applicant = user(userId('applicant'), [[GAMMA, 'applicant-account']]);
    const known = { ...application('a'), userId: applicant.id };
    expect(await personOf(entity, [known])).toEqual({
      fullName: 'The Entity',
      email: null,
      nationality: null,
    });
    expect(await personOf(applicant, [known])).toMatchObject({ fullName: 'The Applicant' });
  });
});

describe('the place where a user can act', () => {
  const applicant = user(userId('applicant'), [[GAMMA, 'applicant-account']]);
  const entity = user(userId('entity'), [[GAMMA, 'entity-account']]);
  const stranger = user(userId('stranger'), [[ALPHA, 'entity-account']]);
  const known = { ...application('a'), userId: applicant.id };
  const answer = { ...NOT_STARTED, status: 'ACTION_REQUIRED', becauseId: known.id } as const;
  const urlOf = async (who: typeof someone, over: object = {}) => {
    const users = [applicant, entity, stranger];
    const { ask } = createFakeContext({ users, verifications: [known], answer, ...over });
    const { data } = await ask(`{ user(id: "${who.id}") { kyc { actionUrl } } }`);
    return data.user.kyc.actionUrl;
  };

  it("is the upload link of the user's own entity", async () => {
    expect(await urlOf(entity)).toBe('https://upload.example.org/entity');
  });

  it('is that of an entity without an account for the applicant, and never that of another user', async () => {
    expect(await urlOf(applicant)).toBeNull();
    const [one] = known.details.entities;
    const details = { ...known.details, entities: [{ ...(one ?? expect.unreachable()), accountId: null }] };
    expect(await urlOf(applicant, { verifications: [{ ...known, details }] })).toBe(
      'https://upload.example.org/entity',
    );
  });

  it('is null for who has the same name at another source', async () => {
    expect(await urlOf(stranger)).toBeNull();
  });

  it('is null for who may not see the personal data', async () => {
    expect(await urlOf(entity, { principal: withoutPii })).toBeNull();
    expect(await urlOf(entity, { revealed: [applicant.id] })).toBeNull();
  });

  it('is null when nothing is required, or another record decided', async () => {
    expect(await urlOf(entity, { answer: { ...answer, status: 'PENDING' } })).toBeNull();
    expect(await urlOf(entity, { answer: { ...answer, becauseId: null } })).toBeNull();
  });
});

describe('an entity', () => {
  it('is its own user, found from the store by its account', async () => {
    const entity = user(userId('entity'), [[GAMMA, 'entity-account']]);
    const { ask, calls } = createFakeContext({ users: [entity], verifications: [application('a')] });
    const { data } = await ask('{ idvApplications { nodes { entities { user { id } } } } }');
    expect(data.idvApplications.nodes[0].entities).toEqual([{ user: { id: entity.id } }]);
    expect(calls).toContain('userByIdentity STORED');
  });

  it('of a deleted application keeps its status and has no personal values', async () => {
    const gone = application('a', {
      deleted: true,
      openPersonal: () => ({ person: null, metadata: null, sourceHistory: [], entities: [] }),
    });
    const { ask } = createFakeContext({ verifications: [gone] });
    const { data, errors } = await ask(`{ idvApplications { nodes { person { fullName } entities {
      status person { fullName } outcomeDetails { tags } sourceHistory { id } documentUploadUrl } } } }`);
    expect(errors).toEqual([]);
    expect(data.idvApplications.nodes[0]).toEqual({
      person: null,
      entities: [
        {
          status: 'ACTION_REQUIRED',
          person: null,
          outcomeDetails: [],
          sourceHistory: [],
          documentUploadUrl: null,
        },
      ],
    });
  });
});
