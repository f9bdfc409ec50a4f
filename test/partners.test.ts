import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiKeyKind, expiryAfter, makeApiKey } from '#access/api-key';
import type { Scope } from '#access/scope';
import { openGatewayStore } from '#gateway';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';

import { type Answer, ask } from './harness/ask.ts';
import { until } from './harness/until.ts';
import { World } from './harness/world.ts';

const SECRET = { KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };

interface Identity {
  readonly source: string;
  readonly externalId: string;
}
interface UserSeen {
  readonly id: string;
  readonly identities: readonly Identity[];
  readonly verifications: { readonly totalCount: number };
  readonly kyc: {
    readonly status: string;
    readonly contributors: readonly { readonly source: string }[];
    readonly sources: readonly { readonly source: string }[];
  };
}
interface RecordSeen {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly user: { readonly id: string } | null;
}
interface Seen {
  readonly users: { readonly totalCount: number; readonly nodes: readonly UserSeen[] };
  readonly verifications: {
    readonly totalCount: number;
    readonly nodes: readonly RecordSeen[];
    readonly sources: readonly { readonly source: string }[];
  };
  readonly verificationStats: readonly { readonly source: string; readonly count: number }[];
}
const EVERYTHING = `{
  users(first: 200) { totalCount nodes {
    id identities { source externalId } verifications { totalCount }
    kyc(freshness: STORED) { status contributors { source } sources { source } }
  } }
  verifications(first: 200) { totalCount nodes { id source kind user { id } } sources { source } }
  verificationStats(groupBy: [SOURCE]) { source count }
}`;

let world: World;
const keys = new Map<string, string>();
/** All that there is, as the operator sees it. */
let all: Seen;

async function askAs<Data = Record<string, unknown>>(
  who: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer<Data>> {
  return await ask<Data>(world.url, query, variables, { authorization: `Bearer ${keys.get(who)}` });
}
const seenBy = async (who: string): Promise<Seen> => (await askAs<Seen>(who, EVERYTHING)).data;

const change = async (mutation: 'grantAccess' | 'revokeAccess', input: Record<string, unknown>) => {
  const query = `mutation ($input: GrantAccessInput!) { ${mutation}(input: $input) { granted errors { code } } }`;
  const { data, errors } = await askAs('operator', query, { input });
  expect(errors).toEqual([]);
  return data[mutation];
};
const grant = (input: Record<string, unknown>) => change('grantAccess', input);
const revoke = (input: Record<string, unknown>) => change('revokeAccess', input);
const GRANTED = { granted: true, errors: [] };
const REVOKED = { granted: false, errors: [] };
const NOTHING = {
  users: { totalCount: 0, nodes: [] },
  verifications: { totalCount: 0, nodes: [], sources: [] },
  verificationStats: [],
};

beforeAll(async () => {
  world = await World.create({ people: 12, settings: SECRET });
  await world.start();
  await world.link();
  await until('all is read', async () => {
    const { data } = await world.ask<{ verifications: { sources: { state: string }[] } }>(
      '{ verifications(first: 1) { sources { state } } }',
    );
    return data.verifications.sources.every(({ state }) => state === 'COMPLETE');
  });
  await world.stop();
  const { store } = await openGatewayStore(readSettings({ ...world.environment, ...SECRET }, rooms));
  const add = async (subject: string, kind: ApiKeyKind, scopes: readonly Scope[]) => {
    const { text, id, secretHash } = makeApiKey();
    await store.apiKeys.add({ id, secretHash, kind, subject, scopes, expiresAt: expiryAfter(1) });
    keys.set(subject, text);
  };
  await add('operator', 'OPERATOR', ['kyc:status', 'kyc:link', 'kyc:operate']);
  for (const partner of ['acme', 'globex', 'initech', 'hooli', 'stark'])
    await add(partner, 'PARTNER', ['kyc:status', 'kyc:write']);
  await store.close();
  await world.start();
  all = await seenBy('operator');
  expect(all.users.totalCount).toBeGreaterThan(5);
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const atSource = (users: readonly UserSeen[], source: string) =>
  users.filter(({ identities }) => identities.some((one) => one.source === source));
const idsOf = (nodes: readonly { readonly id: string }[]) => nodes.map(({ id }) => id);

describe('a partner', () => {
  test('sees nothing before anything is granted', async () => {
    expect(await seenBy('hooli')).toEqual(NOTHING);
  });

  test('sees a source that is granted, and of its users what that source says alone', async () => {
    expect(await grant({ partner: 'acme', source: 'FINX' })).toEqual(GRANTED);
    expect(await grant({ partner: 'acme', source: 'FINX' })).toEqual(GRANTED);
    const seen = await seenBy('acme');
    const records = all.verifications.nodes.filter(({ source }) => source === 'FINX');
    expect(seen.verifications.nodes).toEqual(records);
    expect(seen.verifications.totalCount).toBe(records.length);
    expect(seen.verifications.sources).toEqual([{ source: 'FINX' }]);
    expect(seen.verificationStats).toEqual([{ source: 'FINX', count: records.length }]);
    const users = atSource(all.users.nodes, 'FINX');
    expect(users.some(({ identities }) => identities.length > 1)).toBe(true);
    expect(idsOf(seen.users.nodes)).toEqual(idsOf(users));
    expect(seen.users.totalCount).toBe(users.length);
    for (const user of seen.users.nodes) {
      expect(user.identities.map(({ source }) => source)).toEqual(['FINX']);
      expect(user.verifications.totalCount).toBe(
        records.filter((known) => known.user?.id === user.id).length,
      );
      expect(user.kyc.sources).toEqual([{ source: 'FINX' }]);
      expect(new Set(user.kyc.contributors.map(({ source }) => source))).toEqual(new Set(['FINX']));
    }
    expect(JSON.stringify(seen)).not.toMatch(/FINOGATES|ROCKETKOR|UPVEST|SUMVIN/);
  });

  test('who sees users in part does not find them by their whole answer', async () => {
    await grant({ partner: 'acme', source: 'FINX' });
    for (const filter of ['statuses: [APPROVED]', 'nextActions: [NONE]', 'conflicting: false']) {
      const { data, errors } = await askAs('acme', `{ users(filter: { ${filter} }) { totalCount } }`);
      expect(data).toBeNull();
      expect(errors).toMatchObject([{ path: ['users'], extensions: { code: 'FORBIDDEN' } }]);
    }
    const upvest = atSource(all.users.nodes, 'UPVEST').length;
    expect(upvest).toBeGreaterThan(0);
    const { data } = await askAs('acme', '{ users(filter: { sources: [UPVEST] }) { totalCount } }');
    expect(data).toEqual({ users: { totalCount: 0 } });
  });

  test('sees of a business account its applications, and the accounts that they name', async () => {
    const query =
      '{ idvApplications(first: 200) { nodes { id businessAccountId accountId entities { accountId } } } }';
    interface Applications {
      readonly idvApplications: {
        readonly nodes: readonly {
          readonly id: string;
          readonly businessAccountId: string;
          readonly accountId: string;
          readonly entities: readonly { readonly accountId: string | null }[];
        }[];
      };
    }
    const { idvApplications } = (await askAs<Applications>('operator', query)).data;
    const [first] = idvApplications.nodes;
    const businessAccountId = first?.businessAccountId ?? expect.unreachable();
    const granted = idvApplications.nodes.filter((one) => one.businessAccountId === businessAccountId);
    await grant({ partner: 'initech', businessAccountId });
    const seen = await seenBy('initech');
    expect(new Set(idsOf(seen.verifications.nodes))).toEqual(new Set(idsOf(granted)));
    expect(seen.verifications.sources).toEqual([{ source: 'ROCKETKOR' }]);
    const accounts = granted.flatMap(({ accountId, entities }) => [
      accountId,
      ...entities.map((one) => one.accountId),
    ]);
    for (const { identities } of seen.users.nodes)
      for (const { source, externalId } of identities) {
        expect(source).toBe('ROCKETKOR');
        expect(accounts).toContain(externalId);
      }
    expect(seen.users.totalCount).toBe(new Set(accounts.filter((one) => one !== null)).size);
    await revoke({ partner: 'initech', businessAccountId });
    expect(await seenBy('initech')).toEqual(NOTHING);
  });

  test('sees a user who is granted whole, and is told of others as of nobody', async () => {
    const [mine, other] = atSource(all.users.nodes, 'FINX').filter(({ identities }) => identities.length > 1);
    const [userId, otherId] = [mine?.id ?? '', other?.id ?? ''];
    await grant({ partner: 'globex', userId });
    const seen = await seenBy('globex');
    expect(seen.users).toEqual({ totalCount: 1, nodes: [mine] });
    const theirs = all.verifications.nodes.filter((known) => known.user?.id === otherId);
    const hidden = theirs.find(({ id }) => !idsOf(seen.verifications.nodes).includes(id))?.id ?? '';
    const question = (user: string, record: string) => ({
      query: `query ($user: ID!, $record: ID!) { user(id: $user) { id } node(id: $user) { id } nodes(ids: [$user, $record]) { id }
        verification(id: $record, freshness: LIVE) { id } verifications(filter: { userId: $user }) { totalCount } }`,
      variables: { user, record },
    });
    const nowhere = question(Buffer.from('User:nobody').toString('base64url'), 'nothing');
    const there = question(otherId, hidden);
    const answer = await askAs('globex', there.query, there.variables);
    expect(answer).toEqual(await askAs('globex', nowhere.query, nowhere.variables));
    expect(answer.data).toMatchObject({ user: null, node: null, nodes: [null, null], verification: null });
    const refresh = 'mutation ($id: ID!) { refreshUser(input: { id: $id }) { user { id } errors { code } } }';
    expect((await askAs('globex', refresh, { id: otherId })).data).toEqual({
      refreshUser: { user: null, errors: [{ code: 'NOT_FOUND' }] },
    });
    expect((await askAs('globex', refresh, { id: userId })).data).toEqual({
      refreshUser: { user: { id: userId }, errors: [] },
    });
    // The answer over all sources is theirs to search by.
    const byStatus =
      'query ($status: KycStatus!) { users(filter: { statuses: [$status] }) { nodes { id } } }';
    const { data } = await askAs('globex', byStatus, { status: mine?.kyc.status });
    expect(data).toEqual({ users: { nodes: [{ id: userId }] } });

    await revoke({ partner: 'globex', userId });
    expect(await seenBy('globex')).toEqual(NOTHING);
  });

  test('is given by a cursor of another caller only what it sees itself', async () => {
    await grant({ partner: 'acme', source: 'FINX' });
    const userId = atSource(all.users.nodes, 'UPVEST')[0]?.id ?? '';
    await grant({ partner: 'stark', userId });
    interface Page {
      readonly verifications: {
        readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
        readonly pageInfo: { readonly hasPreviousPage: boolean };
      };
    }
    const page = `query ($after: String) { verifications(first: 200, after: $after) {
      edges { cursor node { id } } pageInfo { hasPreviousPage } } }`;
    const read = async (who: string, after: string | null) =>
      (await askAs<Page>(who, page, { after })).data.verifications;
    const lists = new Map<string, readonly string[]>();
    for (const who of ['operator', 'acme', 'stark'])
      lists.set(
        who,
        (await read(who, null)).edges.map(({ node }) => node.id),
      );
    const order = lists.get('operator') ?? [];
    for (const maker of ['operator', 'acme', 'stark'])
      for (const { cursor, node } of (await read(maker, null)).edges.filter((_, at) => at % 3 === 0))
        for (const user of ['acme', 'stark']) {
          const { edges, pageInfo } = await read(user, cursor);
          const mine = lists.get(user) ?? [];
          const after = mine.filter((id) => order.indexOf(id) > order.indexOf(node.id));
          expect(edges.map((edge) => edge.node.id)).toEqual(after);
          expect(pageInfo.hasPreviousPage).toBe(after.length < mine.length);
        }
  });

  test('sees by a user who is granted the one whom that user became, until identities are parted', async () => {
    const [one, other] = all.users.nodes.filter(({ identities }) => identities.length > 1).slice(-2);
    const [keepId, mergeId] = [one?.id ?? '', other?.id ?? ''];
    await grant({ partner: 'hooli', userId: mergeId });
    const merge =
      'mutation ($input: MergeUsersInput!) { mergeUsers(input: $input) { user { id } errors { code } } }';
    await askAs('operator', merge, { input: { keepId, mergeId } });
    const merged = await seenBy('hooli');
    expect(idsOf(merged.users.nodes)).toEqual([keepId]);
    expect(merged.users.nodes[0]?.identities).toHaveLength(
      (one?.identities.length ?? 0) + (other?.identities.length ?? 0),
    );
    const [identity] = one?.identities ?? [];
    const part =
      'mutation ($input: UnlinkIdentityInput!) { unlinkIdentity(input: $input) { errors { code } } }';
    await askAs('operator', part, { input: { userId: keepId, identity } });
    const parted = await seenBy('hooli');
    expect(parted.users.nodes[0]?.identities).not.toContainEqual(identity);
    expect(parted.users.totalCount).toBe(1);
    // By any id that the user ever had.
    expect(await revoke({ partner: 'hooli', userId: mergeId })).toEqual(REVOKED);
    expect(await seenBy('hooli')).toEqual(NOTHING);
  });
});
