import { describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import type { VerificationFilter } from '#kyc/verification-filter';

import { createFakeContext } from './testing/fake-context.ts';

/** What the store is asked for. */
async function filterOf(arg: string, field = 'verifications'): Promise<VerificationFilter | undefined> {
  const { context, ask } = createFakeContext();
  const asked: VerificationFilter[] = [];
  const { store } = context;
  const pageVerifications: typeof store.pageVerifications = (query, sight) => {
    asked.push(query.filter);
    return store.pageVerifications(query, sight);
  };
  Object.assign(context, { store: { ...store, pageVerifications } });
  const { errors } = await ask(`{ ${field}(filter: ${arg}) { nodes { id } } }`);
  expect(errors).toEqual([]);
  return asked[0];
}

describe('a filter of verifications', () => {
  it.each([
    ['nothing', '{}', {}],
    ['nulls', '{ sources: null, userId: null, createdAt: null, createdOn: null, hasFaults: null }', {}],
    ['empty lists, which fit nothing', '{ sources: [], statuses: [] }', { sources: [], statuses: [] }],
    ['false', '{ hasFaults: false }', { hasFaults: false }],
    ['a user', `{ userId: "${userId('x')}" }`, { userId: userId('x') }],
    [
      'words, without those that no source can have',
      '{ externalIds: ["a", "", "\\u0000"], sourceStatuses: ["In Review"], profileIds: [""] }',
      { externalIds: ['a'], sourceStatuses: ['In Review'], profileIds: [] },
    ],
    [
      'every other field',
      `{ kinds: [CHECK], statuses: [UNKNOWN], statusReasons: [PASSED], outcomes: ["denied"], externalUserIds: ["u"],
         accountTypes: ["BUSINESS_ACCOUNT"], checkTypes: [COMPLIANCE], sources: [BETA] }`,
      {
        kinds: ['CHECK'],
        statuses: ['UNKNOWN'],
        statusReasons: ['PASSED'],
        outcomes: ['denied'],
        externalUserIds: ['u'],
        accountTypes: ['BUSINESS_ACCOUNT'],
        checkTypes: ['COMPLIANCE'],
        sources: ['BETA'],
      },
    ],
  ])('passes on %s', async (_what, arg, filter) => {
    expect(await filterOf(arg)).toEqual(filter);
  });

  it('reads every time, an open end as null', async () => {
    const from = '2026-01-01T00:00:00.000000000Z';
    const range = '{ from: "2026-01-01T00:00:00Z" }';
    const times = ['createdAt', 'updatedAt', 'decidedAt', 'statusSince', 'lastChangedAt'];
    const filter = await filterOf(`{ ${times.map((time) => `${time}: ${range}`).join(' ')} }`);
    expect(filter).toEqual({
      times: Object.fromEntries(times.map((time) => [time, [{ from, before: null }]])),
    });
  });

  it('reads days in their zone, both ends inclusive, beside a range of instants', async () => {
    const filter = await filterOf(`{
      decidedOn: { from: "2026-03-29", to: "2026-03-29", timeZone: "Europe/Berlin" }
      decidedAt: { before: "2026-03-29T12:00:00Z" }
    }`);
    expect(filter?.times?.decidedAt).toEqual([
      { from: null, before: '2026-03-29T12:00:00.000000000Z' },
      { from: '2026-03-28T23:00:00.000000000Z', before: '2026-03-29T22:00:00.000000000Z' },
    ]);
  });

  it('is ANDed with the kind of the connection', async () => {
    expect(await filterOf('{}', 'checks')).toEqual({ kinds: ['CHECK'] });
    expect(await filterOf('{ kinds: [CHECK, KYC_RECORD] }', 'checks')).toEqual({ kinds: ['CHECK'] });
    expect(await filterOf('{ kinds: [KYC_RECORD] }', 'checks')).toEqual({ kinds: [] });
  });
});
