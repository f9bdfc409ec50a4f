import { describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import type { KnownVerification } from '#kyc/known-verification';
import { SEES_NOTHING } from '#kyc/sight';

import { createFakeContext } from './testing/fake-context.ts';
import { ALPHA, at, check, kycRecord, user, withUser } from './testing/records.ts';

const someone = user(userId('someone'), [[ALPHA, 'user-1']]);
const other = user(userId('other'));

/** Seven records, three of one instant and two without a decision. */
const records: readonly KnownVerification[] = [
  kycRecord('1', { decidedAt: at('2026-01-01T00:00:00.000000001Z') }),
  kycRecord('2', { decidedAt: at('2026-01-01T00:00:00.000000002Z') }),
  kycRecord('3', { decidedAt: at('2026-02-01T00:00:00Z') }),
  kycRecord('4', { decidedAt: at('2026-02-01T00:00:00Z') }),
  kycRecord('5', { decidedAt: at('2026-02-01T00:00:00Z') }),
  kycRecord('6'),
  kycRecord('7'),
].map((known) => withUser(known, someone));

const world = { users: [someone, other], verifications: [...records, withUser(check('c'), someone)] };
const FIELDS =
  'edges { cursor node { externalId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const BY_DECISION = 'orderBy: { field: DECIDED_AT, direction: DESC }';

interface ListAnswer {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly externalId: string } }[];
  readonly nodes: readonly unknown[];
  readonly totalCount: number;
  readonly sources: readonly { readonly source: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}
const NO_LIST: ListAnswer = {
  edges: [],
  nodes: [],
  totalCount: -1,
  sources: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};
type Pick = (data: { list: ListAnswer; user: { list: ListAnswer } | null } | null) => ListAnswer | undefined;

/** The same list at both places where it stands. */
const places = [
  {
    place: 'at the root',
    query: (args: string, fields = FIELDS) => `{ list: kycRecords(${args}) { ${fields} } }`,
    pick: ((data) => data?.list) satisfies Pick,
    reads: ['pageVerifications'],
  },
  {
    place: 'below a user',
    query: (args: string, fields = FIELDS) =>
      `{ user(id: "${someone.id}") { list: kycRecords(${args}) { ${fields} } } }`,
    pick: ((data) => data?.user?.list) satisfies Pick,
    reads: ['batch of 1 users', 'verificationsOfUser FRESH'],
  },
] as const;

describe.each(places)('a connection $place', ({ query, pick, reads }) => {
  const ask = async (args: string, fields?: string) => {
    const { ask: run, calls } = createFakeContext(world);
    const { data, errors } = await run(query(args, fields));
    const list: ListAnswer = pick(data) ?? NO_LIST;
    return { list, errors, calls };
  };
  const idsOf = (list: ListAnswer) => list.edges.map((edge) => edge.node.externalId);
  const whole = async () => idsOf((await ask(BY_DECISION)).list);

  it('orders by time to the nanosecond, ties by id, nulls last in both directions', async () => {
    const descending = await whole();
    expect(descending).toHaveLength(7);
    expect(descending.slice(3)).toEqual(['2', '1', '6', '7']);
    const { list } = await ask('orderBy: { field: DECIDED_AT, direction: ASC }');
    expect(idsOf(list).slice(0, 2)).toEqual(['1', '2']);
    expect(idsOf(list).slice(-2)).toEqual(['6', '7']);
  });

  it.each([1, 2, 3, 6, 7, 8])(
    'gives every row once, forwards, in pages of %i, with exact flags',
    async (size) => {
      const seen: string[] = [];
      let after = '';
      for (let more = true; more; ) {
        const { list } = await ask(`first: ${size} ${after} ${BY_DECISION}`);
        expect(list.pageInfo.hasPreviousPage).toBe(seen.length > 0);
        seen.push(...idsOf(list));
        more = list.pageInfo.hasNextPage;
        expect(more).toBe(seen.length < 7);
        after = `after: "${list.pageInfo.endCursor}"`;
      }
      expect(seen).toEqual(await whole());
    },
  );

  it.each([1, 2, 3, 6, 7, 8])(
    'gives every row once, backwards, in pages of %i, with exact flags',
    async (size) => {
      const seen: string[] = [];
      let before = '';
      for (let more = true; more; ) {
        const { list } = await ask(`last: ${size} ${before} ${BY_DECISION}`);
        expect(list.pageInfo.hasNextPage).toBe(seen.length > 0);
        seen.unshift(...idsOf(list));
        more = list.pageInfo.hasPreviousPage;
        expect(more).toBe(seen.length < 7);
        before = `before: "${list.pageInfo.startCursor}"`;
      }
      expect(seen).toEqual(await whole());
    },
  );

  it('gives an empty page with exact flags and no cursors for first: 0', async () => {
    const { list } = await ask('first: 0');
    expect(list.edges).toEqual([]);
    expect(list.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });

  it('gives what lies between two cursors', async () => {
    const { list } = await ask(BY_DECISION);
    const [from, to] = [list.edges[1]?.cursor, list.edges[5]?.cursor];
    const between = await ask(`after: "${from}" before: "${to}" ${BY_DECISION}`);
    expect(idsOf(between.list)).toEqual(idsOf(list).slice(2, 5));
    expect(between.list.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  it('takes null arguments for absent ones', async () => {
    const { list } = await ask('first: null last: null after: null before: null filter: null orderBy: null');
    expect(list.edges).toHaveLength(7);
  });

  it.each([
    ['first with last', 'first: 1 last: 1'],
    ['first: 0 with last: 0', 'first: 0 last: 0'],
    ['a negative first', 'first: -1'],
    ['a negative last', 'last: -1'],
    ['first over 200', 'first: 201'],
    ['last over 200', 'last: 201'],
    ['the largest number', 'first: 2147483647'],
    ['an empty cursor', 'after: ""'],
    ['a cursor of rubbish', 'before: "rubbish"'],
    ['10 kB of rubbish', `after: "${'x'.repeat(10_240)}"`],
    ['a filter by an id that is none', 'filter: { userId: "rubbish" }'],
    ['a filter by the id of a record', `filter: { userId: "${records[0]?.id}" }`],
    ['10 kB of an id', `filter: { userId: "${'x'.repeat(10_240)}" }`],
    ['days of no zone', 'filter: { createdOn: { from: "2026-01-01", timeZone: "Mars/Olympus" } }'],
    ['days the wrong way round', 'filter: { decidedOn: { from: "2026-02-01", to: "2026-01-01" } }'],
  ])('refuses %s as BAD_USER_INPUT, and reads nothing for it', async (_what, args) => {
    const { errors, calls } = await ask(args);
    expect(errors.map((error) => error.extensions['code'])).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]?.message.length).toBeLessThan(200);
    expect(calls.filter((call) => !call.startsWith('batch'))).toEqual([]);
  });

  it('refuses a cursor of another filter, order, field or parent, and reads nothing for it', async () => {
    const { list } = await ask('first: 1');
    const cursor = `after: "${list.pageInfo.endCursor}"`;
    const elsewhere = [
      query(`${cursor} filter: { statuses: [APPROVED] }`),
      query(`${cursor} ${BY_DECISION}`),
      `{ verifications(${cursor}) { nodes { id } } }`,
      `{ checks(${cursor}) { nodes { id } } }`,
      `{ users(${cursor}) { nodes { id } } }`,
      `{ user(id: "${other.id}") { kycRecords(${cursor}) { nodes { id } } } }`,
      `{ user(id: "${someone.id}") { verifications(${cursor}) { nodes { id } } } }`,
    ];
    for (const source of elsewhere) {
      const { ask: run, calls } = createFakeContext(world);
      const { errors } = await run(source);
      expect(
        errors.map((error) => error.extensions['code']),
        source,
      ).toEqual(['BAD_USER_INPUT']);
      expect(calls.filter((call) => !call.startsWith('batch'))).toEqual([]);
    }
  });

  it('counts and reports only when asked', async () => {
    expect((await ask('first: 1')).calls).toEqual(reads);
    const { list } = await ask('first: 1', 'totalCount nodes { id } sources { source }');
    expect(list).toMatchObject({ totalCount: 7, sources: [{ source: 'ALPHA' }] });
    expect(list.nodes).toHaveLength(1);
  });

  it('reports no source that the field and its filter cannot draw on', async () => {
    const narrow = async (field: string, args: string) => {
      const { ask: run } = createFakeContext(world);
      const { data } = await run(query(args, 'sources { source }').replace('kycRecords', field));
      return pick(data)?.sources.map(({ source }) => source);
    };
    expect(await narrow('verifications', 'first: 1')).toEqual(['ALPHA', 'BETA', 'GAMMA']);
    expect(await narrow('verifications', 'filter: { sources: [GAMMA, ALPHA] }')).toEqual(['ALPHA', 'GAMMA']);
    expect(await narrow('verifications', 'filter: { kinds: [CHECK] }')).toEqual(['BETA']);
    expect(await narrow('checks', 'filter: { kinds: [KYC_RECORD] }')).toEqual([]);
    expect(await narrow('checks', 'filter: { sources: [ALPHA] }')).toEqual([]);
  });

  it('gives its own kind only, whatever kinds the filter names', async () => {
    const { list } = await ask('filter: { kinds: [CHECK, KYC_RECORD] }');
    expect(idsOf(list)).toHaveLength(7);
    expect(idsOf((await ask('filter: { kinds: [CHECK] }')).list)).toEqual([]);
    expect(idsOf((await ask('filter: { kinds: [] }')).list)).toEqual([]);
  });

  it('finds nothing by a word that no source can have, and says so without an error', async () => {
    const { list, errors } = await ask('filter: { externalIds: ["\\u0000"] }');
    expect(errors).toEqual([]);
    expect(list.edges).toEqual([]);
  });
});

describe('below a user', () => {
  it.each([
    ['that user', someone.id, 7],
    ['another user', other.id, 0],
    ['a user of nobody', userId('nobody'), 0],
  ])('a filter by %s fits %s', async (_who, id, count) => {
    const { ask } = createFakeContext(world);
    const { data } = await ask(
      `{ user(id: "${someone.id}") { kycRecords(filter: { userId: "${id}" }) { totalCount } } }`,
    );
    expect(data.user.kycRecords.totalCount).toBe(count);
  });
});

describe('users', () => {
  it('are paged by creation, then id', async () => {
    const { ask } = createFakeContext(world);
    const first = await ask(
      '{ users(first: 1) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }',
    );
    expect(first.data.users).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
    const after = first.data.users.pageInfo.endCursor;
    const second = await ask(
      `{ users(first: 1, after: "${after}") { nodes { id } pageInfo { hasNextPage } } }`,
    );
    expect(second.data.users.pageInfo.hasNextPage).toBe(false);
    const ids = [...first.data.users.nodes, ...second.data.users.nodes].map(
      (node: { id: string }) => node.id,
    );
    expect(ids.toSorted()).toEqual([someone.id, other.id].toSorted());
  });

  it('cannot be searched by their answer by who sees only some sources', async () => {
    const { context, ask, calls } = createFakeContext(world);
    Object.assign(context, { sight: { ...SEES_NOTHING, sources: [ALPHA] } });
    const { errors } = await ask('{ users(filter: { statuses: [APPROVED] }) { nodes { id } } }');
    expect(errors.map((error) => error.extensions['code'])).toEqual(['FORBIDDEN']);
    expect(calls).toEqual([]);
  });
});
