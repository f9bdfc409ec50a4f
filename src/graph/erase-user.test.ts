import { describe, expect, it } from 'vitest';

import { LOCAL_OPERATOR } from '#access/principal';
import { userId } from '#kyc/id';

import { createFakeContext, type FakeWorld } from './testing/fake-context.ts';
import { ALPHA, at, BETA, GAMMA, user } from './testing/records.ts';

const anna = user(userId('anna'), [[ALPHA, 'a']]);
const ERASE = `mutation ($id: ID!, $reason: String!) { eraseUser(input: { userId: $id, reason: $reason }) {
  erasedAt receipts { source records atSource } errors { code path } } }`;

describe('eraseUser', () => {
  const asking = (world: FakeWorld = {}) => createFakeContext({ users: [anna], ...world });

  it('gives a receipt of each source, once the audit has it', async () => {
    const told: string[] = [];
    const { ask, entries } = asking({
      actions: {
        eraseUser: async (id) => {
          told.push(`${id} after ${entries.length} entry`);
          return {
            erasedAt: at('2026-05-01T00:00:00Z'),
            receipts: [
              { source: ALPHA, records: 2, atSource: 'ERASED' },
              { source: BETA, records: 1, atSource: 'CAN_BE_ASKED_HERE' },
              { source: GAMMA, records: 0, atSource: 'MUST_BE_ASKED_THERE' },
            ],
          };
        },
      },
    });
    const { data, errors } = await ask(ERASE, { id: anna.id, reason: ' Case 12 ' });
    expect(errors).toEqual([]);
    expect(data.eraseUser).toEqual({
      erasedAt: '2026-05-01T00:00:00.000Z',
      receipts: [
        { source: 'ALPHA', records: 2, atSource: 'ERASED' },
        { source: 'BETA', records: 1, atSource: 'CAN_BE_ASKED_HERE' },
        { source: 'GAMMA', records: 0, atSource: 'MUST_BE_ASKED_THERE' },
      ],
      errors: [],
    });
    expect(told).toEqual([`${anna.id} after 1 entry`]);
    expect(entries).toEqual([
      {
        action: 'ERASE',
        userId: anna.id,
        fields: ['Mutation.eraseUser'],
        reason: 'Case 12',
        decision: 'ALLOWED',
      },
    ]);
  });

  it.each([
    ['nobody', userId('nobody'), 'Case 12', 'NOT_FOUND', ['userId']],
    ['an id of nothing', 'x', 'Case 12', 'NOT_FOUND', ['userId']],
    ['no reason', anna.id, '  ', 'INVALID_INPUT', ['reason']],
    ['a reason that may not be kept', anna.id, '<anna@example.test>', 'INVALID_INPUT', ['reason']],
  ])('refuses %s, audits it, and erases nothing', async (_, id, reason, code, path) => {
    const { ask, calls, entries } = asking();
    const { data } = await ask(ERASE, { id, reason });
    expect(data.eraseUser).toEqual({ erasedAt: null, receipts: [], errors: [{ code, path }] });
    expect(entries).toMatchObject([{ action: 'ERASE', decision: 'REFUSED' }]);
    expect(calls.join()).not.toContain('eraseUser');
    expect(JSON.stringify(entries)).not.toContain('example.test');
  });

  it('erases nothing while it cannot be audited, or for who may not', async () => {
    const analyst = { ...LOCAL_OPERATOR, kind: 'ANALYST' } as const;
    const down = asking({ auditIsDown: true });
    const other = asking({ principal: analyst });
    for (const { ask, calls } of [down, other]) {
      const { errors } = await ask(ERASE, { id: anna.id, reason: 'Case 12' });
      expect(errors).toHaveLength(1);
      expect(calls.join()).not.toContain('eraseUser');
    }
  });
});
