import { describe, expect, it } from 'vitest';

import { contributionsOf } from './contribution.ts';
import type { Day } from './instant.ts';
import { sourceId } from './source-id.ts';
import { may } from './testing/contributions.ts';
import { entity, knownApplication, knownCheck, knownRecord } from './testing/known.ts';
import { subjectsOf } from './verification.ts';

const at = (externalId: string, source = 'ALPHA') => ({ source: sourceId(source), externalId });

describe('subjectsOf', () => {
  it('names the owner, then each entity with an account, once', () => {
    const application = knownApplication('x', {}, [
      entity('e1'),
      entity(null),
      entity('u1', { status: 'REJECTED' }),
      entity('e2', { status: 'APPROVED', reason: 'PASSED' }),
      entity('e1', { status: 'REJECTED' }),
    ]);
    expect(subjectsOf(application)).toStrictEqual([
      { externalUserId: 'u1', role: 'OWNER', status: 'APPROVED', reason: 'PASSED' },
      { externalUserId: 'e1', role: 'ENTITY', status: 'PENDING', reason: 'PROCESSING' },
      { externalUserId: 'e2', role: 'ENTITY', status: 'APPROVED', reason: 'PASSED' },
    ]);
  });

  it('names the entities where the payload names no owner', () => {
    const application = knownApplication('x', { externalUserId: null }, [entity('e1')]);
    expect(subjectsOf(application).map((subject) => subject.externalUserId)).toStrictEqual(['e1']);
    expect(subjectsOf(knownRecord('x', { externalUserId: null }))).toStrictEqual([]);
  });

  it('takes the entities of what was deleted as gone with it', () => {
    const gone = { status: 'CANCELLED', reason: 'DELETED_UPSTREAM', deleted: true } as const;
    const application = knownApplication('x', gone, [entity('e1', { status: 'APPROVED' })]);
    expect(subjectsOf(application)).toMatchObject([
      { externalUserId: 'u1', status: 'CANCELLED' },
      { externalUserId: 'e1', status: 'CANCELLED', reason: 'DELETED_UPSTREAM' },
    ]);
  });
});

describe('contributionsOf', () => {
  it('gives one contribution for the owner, with all that the roll-up asks for', () => {
    const known = knownRecord('x', { canRetry: true, documentExpiresOn: '2030-01-01' as Day });
    expect(contributionsOf(known, [at('u1'), at('u2')])).toStrictEqual([
      {
        verificationId: known.id,
        source: 'ALPHA',
        externalUserId: 'u1',
        kind: 'KYC_RECORD',
        checkType: null,
        isUpdate: false,
        status: 'APPROVED',
        reason: 'PASSED',
        canRetry: true,
        decidedAt: may(3),
        updatedAt: may(2),
        createdAt: may(1),
        observedAt: may(6),
        documentExpiresOn: '2030-01-01',
      },
    ]);
  });

  it.each([
    ['no identity at all', []],
    ['another id', [at('u2')]],
    ['the same id at another source', [at('u1', 'BETA')]],
  ])('gives none for %s', (_what, identities) => {
    expect(contributionsOf(knownRecord('x'), identities)).toStrictEqual([]);
  });

  it.each([
    [true, true],
    [false, false],
    [null, false],
  ])('takes a check that says isUpdate %s for a refresh: %s', (isUpdate, refresh) => {
    const { details } = knownCheck('x');
    const known = knownCheck('x', { details: { ...details, type: 'COMPLIANCE', isUpdate } });
    expect(contributionsOf(known, [at('u1')])).toMatchObject([
      { kind: 'CHECK', checkType: 'COMPLIANCE', isUpdate: refresh },
    ]);
  });

  it('counts an entity for its own user, the application for the applicant', () => {
    const known = knownApplication('x', {}, [entity('e1')]);
    expect(contributionsOf(known, [at('e1')])).toMatchObject([{ externalUserId: 'e1', status: 'PENDING' }]);
    expect(contributionsOf(known, [at('u1')])).toMatchObject([{ externalUserId: 'u1', status: 'APPROVED' }]);
    expect(contributionsOf(known, [at('e1'), at('u1')])).toHaveLength(2);
  });

  it('leaves an entity what is the application’s alone', () => {
    const known = knownApplication('x', { canRetry: true }, [entity('e1', { updatedAt: may(9) })]);
    expect(contributionsOf(known, [at('e1')])).toMatchObject([
      { canRetry: null, decidedAt: null, updatedAt: may(9), createdAt: may(1) },
    ]);
  });

  it.each(['APPROVED', 'REJECTED'] as const)('dates an entity that is %s by the application', (status) => {
    const known = knownApplication('x', {}, [entity('e1', { status })]);
    expect(contributionsOf(known, [at('e1')])).toMatchObject([{ status, decidedAt: may(3) }]);
  });
});
