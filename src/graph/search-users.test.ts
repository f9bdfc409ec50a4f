import { describe, expect, it } from 'vitest';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { userId } from '#kyc/id';

import { createFakeContext, type FakeWorld } from './testing/fake-context.ts';
import { ALPHA, user } from './testing/records.ts';

const anna = user(userId('anna'), [[ALPHA, 'a']]);
const SEARCH = 'query ($filter: UserFilter) { users(filter: $filter) { totalCount nodes { id } } }';
const BY_EMAIL = { filter: { email: 'canary@example.test' } };

describe('a search of users by personal values', () => {
  const asking = (world: FakeWorld = {}) => createFakeContext({ users: [anna], ...world });

  it('is audited once by its fields, never by what was searched for', async () => {
    const { ask, entries, calls } = asking();
    const filter = { ...BY_EMAIL.filter, fullName: 'Canary Bird' };
    const { data, errors } = await ask(SEARCH, { filter });
    expect(errors).toEqual([]);
    expect(data.users.nodes).toEqual([{ id: anna.id }]);
    expect(entries).toEqual([
      {
        action: 'SEARCH',
        userId: null,
        fields: ['UserFilter.email', 'UserFilter.fullName'],
        reason: null,
        decision: 'ALLOWED',
      },
    ]);
    expect(calls.filter((call) => call.startsWith('take'))).toEqual(['take from search OPERATOR local']);
    expect(JSON.stringify([entries, calls]).toLowerCase()).not.toContain('canary');
  });

  it('by anything else is neither', async () => {
    const { ask, entries, calls } = asking();
    await ask(SEARCH, { filter: { externalId: 'a', email: null } });
    expect(entries).toEqual([]);
    expect(calls.join()).not.toContain('take');
  });

  const without = LOCAL_OPERATOR.scopes.filter((scope) => scope !== 'kyc:pii');
  it.each<[string, Partial<Principal>]>([
    ['an operator without kyc:pii', { scopes: without }],
    ['a partner', { kind: 'PARTNER' }],
    ['an end user', { kind: 'END_USER', userId: anna.id }],
  ])('is refused to %s, and nobody is looked for', async (_, said) => {
    const { ask, calls } = asking({ principal: { ...LOCAL_OPERATOR, ...said } });
    const { errors } = await ask(SEARCH, BY_EMAIL);
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
    expect(calls).toEqual([]);
  });

  it('is refused when there were too many in the minute, and that is audited', async () => {
    const { ask, entries } = asking({ searchesLeft: 1 });
    const twice = `query ($filter: UserFilter) {
      one: users(filter: $filter) { nodes { id } } two: users(filter: $filter) { nodes { id } } }`;
    const { errors } = await ask(twice, BY_EMAIL);
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'RATE_LIMITED', retryAfterMs: 2000 },
    ]);
    expect(entries.map(({ decision }) => decision).toSorted()).toEqual(['ALLOWED', 'REFUSED']);
    expect(errors.map(({ message }) => message).join()).not.toContain('canary');
  });

  it('finds nobody while it cannot be audited', async () => {
    const { ask, calls } = asking({ auditIsDown: true });
    const { data, errors } = await ask(SEARCH, BY_EMAIL);
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(calls).not.toContain('pageUsers');
  });
});
