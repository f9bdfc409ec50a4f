import { describe, expect, test } from 'vitest';

import type { Principal, PrincipalKind } from '#access/principal';
import { scopes } from '#access/scope';
import { userId } from '#kyc/id';

import { createFakeContext } from './testing/fake-context.ts';
import { ALPHA, user } from './testing/records.ts';

const anna = user(userId('anna'), [[ALPHA, 'a1']]);
const caller = (kind: PrincipalKind, held: Principal['scopes'] = scopes): Principal => ({
  kind,
  subject: 'someone',
  scopes: held,
  userId: null,
  expiresAt: null,
});
const ASK = (mutation: string, input: string) =>
  `mutation { ${mutation}(input: { ${input} }) { granted errors { code path } } }`;

describe.each([
  ['grantAccess', 'grant', true],
  ['revokeAccess', 'revoke', false],
] as const)('%s', (mutation, call, granted) => {
  test.each([
    ['a user', `userId: "${anna.id}"`, { kind: 'USER', value: anna.id }],
    ['a source', 'source: ALPHA', { kind: 'SOURCE', value: 'ALPHA' }],
    ['a business account', 'businessAccountId: "b-1"', { kind: 'BUSINESS_ACCOUNT', value: 'b-1' }],
  ])('takes %s, and says how it then stands', async (_what, input, grant) => {
    const { ask, calls, entries } = createFakeContext({ users: [anna] });
    const { data, errors } = await ask(ASK(mutation, `partner: "acme", ${input}`));
    expect(errors).toEqual([]);
    expect(data[mutation]).toEqual({ granted, errors: [] });
    expect(calls.filter((one) => one.startsWith(call))).toEqual([
      expect.stringContaining(JSON.stringify({ partner: 'acme', ...grant })),
    ]);
    expect(entries).toMatchObject([
      { action: call.toUpperCase(), fields: [`Mutation.${mutation}`], decision: 'ALLOWED' },
    ]);
    expect(entries[0]?.reason).toMatch(/^[A-Z_]+( [\w-]+)? to acme$/);
  });

  test.each([
    ['nothing', '', 'INVALID_INPUT', null],
    ['two things', 'source: ALPHA, businessAccountId: "b"', 'INVALID_INPUT', null],
    ['a user who is nobody', `userId: "${userId('nobody')}"`, 'NOT_FOUND', ['userId']],
    ['an id of no user', 'userId: "anna"', 'NOT_FOUND', ['userId']],
    ['no business account', 'businessAccountId: ""', 'INVALID_INPUT', ['businessAccountId']],
  ])('refuses %s, and changes nothing', async (_what, input, code, path) => {
    const { ask, calls, entries } = createFakeContext({ users: [anna] });
    const { data } = await ask(ASK(mutation, `partner: "acme", ${input}`));
    expect(data[mutation]).toEqual({ granted: false, errors: [{ code, path }] });
    expect(calls.filter((one) => one.startsWith(call))).toEqual([]);
    expect(entries).toMatchObject([{ decision: 'REFUSED', userId: null, reason: null }]);
  });

  test('refuses a partner who can be none', async () => {
    const { ask, calls } = createFakeContext();
    for (const partner of ['', 'a\\u0000b', 'a\\nb', 'x'.repeat(201)]) {
      const { data } = await ask(ASK(mutation, `partner: "${partner}", source: ALPHA`));
      expect(data[mutation]).toEqual({
        granted: false,
        errors: [{ code: 'INVALID_INPUT', path: ['partner'] }],
      });
    }
    expect(calls).toEqual([]);
  });

  test('changes nothing while the audit is down', async () => {
    const { ask, calls } = createFakeContext({ auditIsDown: true });
    const { data, errors } = await ask(ASK(mutation, 'partner: "acme", source: ALPHA'));
    expect([data, errors.map(({ extensions }) => extensions['code'])]).toEqual([null, ['STORE_UNAVAILABLE']]);
    expect(calls).toEqual([]);
  });

  test.each([
    ['an analyst', caller('ANALYST')],
    ['a partner', caller('PARTNER')],
    ['an operator without kyc:operate', caller('OPERATOR', ['kyc:status', 'kyc:link', 'kyc:audit'])],
  ])('is not for %s', async (_who, principal) => {
    const { ask, calls } = createFakeContext({ principal });
    const { errors } = await ask(ASK(mutation, 'partner: "acme", source: ALPHA'));
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(calls).toEqual([]);
  });
});
