import { pick } from '#sources/sandbox-seed';

import type { Holdings } from './holdings.ts';
import { type Caller, nameOf } from './sights.ts';

type Random = () => number;
type Variables = Readonly<Record<string, unknown>>;
type Given = Readonly<Record<string, unknown>>;

/** What is asked, and what the answer must say beside holding nothing of others. */
export interface Operation {
  readonly name: string;
  readonly query: string;
  readonly variables: Variables;
  /** By the name of each field of the answer's data: true for something, false for null; a number for a count. */
  readonly expected: Readonly<Record<string, boolean | number>>;
}

/** Cursors that callers were given, whoever they were, by the list that they are of. */
export type Cursors = Map<string, string[]>;

const RECORD = `__typename id source externalId externalUserId status user { id }
  history(first: 2) { nodes { id verificationId } }
  ... on KycRecord { person { fullName givenName familyName email } documents { number } vendor { inquiryId } }
  ... on Check { document { number } confirmedAddress { line1 city } }
  ... on IdvApplication { businessAccountId person { givenName familyName legalName } sourceHistory { id }
    entities { accountId user { id } person { givenName familyName } sourceHistory { id } } }`;
const USER = `id identities { source externalId } person { fullName givenName familyName email }
  kyc(freshness: STORED) { status because { id } contributors { id externalId } sources { source } }
  verifications(first: 3, freshness: STORED) { totalCount nodes { ${RECORD} } }
  timeline(first: 3) { totalCount nodes { id verificationId user { id } } }`;
const EDGES = (node: string) => `{ totalCount pageInfo { endCursor } edges { cursor node { ${node} } } }`;
const LISTS: Readonly<Record<string, string>> = {
  KYC_RECORD: 'kycRecords',
  CHECK: 'checks',
  IDV_APPLICATION: 'idvApplications',
};

const QUERIES = {
  user: `query ($id: ID!, $freshness: Freshness) { found: user(id: $id, freshness: $freshness) { ${USER} } }`,
  node: `query ($id: ID!) { found: node(id: $id) { id ... on User { ${USER} } ... on Verification { ${RECORD} } } }`,
  nodes:
    'query ($ids: [ID!]!) { found: nodes(ids: $ids) { id ... on User { person { fullName email } } ... on Verification { externalId user { id } } } }',
  verification: `query ($id: ID!) { found: verification(id: $id, freshness: STORED) { ${RECORD} } }`,
  byExternalId: `query ($source: Source!, $externalId: ID!) {
    found: verificationByExternalId(source: $source, externalId: $externalId, freshness: STORED) { ${RECORD} } }`,
  byIdentity: `query ($source: Source!, $externalId: ID!) {
    found: userByIdentity(source: $source, externalId: $externalId, freshness: STORED) { ${USER} } }`,
  users: `query ($first: Int, $after: String, $filter: UserFilter) {
    list: users(first: $first, after: $after, filter: $filter) ${EDGES(`id identities { source externalId } person { fullName email }`)} }`,
  verifications: `query ($first: Int, $after: String, $filter: VerificationFilter) {
    list: verifications(first: $first, after: $after, filter: $filter) ${EDGES(RECORD)} }`,
  changes: `query ($first: Int, $after: String) {
    list: statusChanges(first: $first, after: $after) ${EDGES('id verificationId user { id } verification { externalId }')} }`,
  stats:
    'query ($groupBy: [StatsDimension!]!) { stats: verificationStats(groupBy: $groupBy) { source status kind count } }',
  viewer: 'query { viewer { subject user { id person { fullName email } identities { externalId } } } }',
};

/** One operation by chance: of whatever there is, seen by this caller or not, with cursors of whomever. */
export function drawOperation(
  random: Random,
  caller: Caller,
  holdings: Holdings,
  cursors: Cursors,
): Operation {
  const isPartner = caller.claims.kind === 'partner';
  // Every other is for something that the caller may see.
  const oneOf = <Item>(items: readonly Item[], isSeen: (item: Item) => boolean): Item =>
    pick(random() < 0.5 ? items.filter(isSeen) : items, random);
  const user = () => oneOf(holdings.users, ({ id }) => caller.users.has(id));
  const record = () => oneOf(holdings.records, ({ id }) => caller.records.has(id));
  const draws: readonly (() => Operation)[] = [
    () => askUser(random, caller, user().id),
    () => found(caller, 'node', random() < 0.5 ? user().id : record().id),
    () => askNodes(caller, [user().id, record().id, user().id, record().id]),
    () => found(caller, 'verification', record().id),
    () => {
      const { id, source, externalId } = record();
      const expected = { found: caller.records.has(id) };
      return {
        name: 'byExternalId',
        query: QUERIES.byExternalId,
        variables: { source, externalId },
        expected,
      };
    },
    () => {
      const one = pick(user().identities, random);
      const expected = { found: caller.identities.has(nameOf(one)) };
      return { name: 'byIdentity', query: QUERIES.byIdentity, variables: { ...one }, expected };
    },
    () => askUsers(random, caller, holdings, cursors),
    () => askVerifications(random, caller, holdings, cursors),
    () => {
      const count = holdings.changes.filter(({ verificationId }) =>
        caller.records.has(verificationId),
      ).length;
      const variables = { first: 1 + Math.floor(random() * 8), after: cursorOf(random, cursors, 'changes') };
      return { name: 'changes', query: QUERIES.changes, variables, expected: { totalCount: count } };
    },
    () =>
      isPartner
        ? askStats(random, caller)
        : { name: 'viewer', query: QUERIES.viewer, variables: {}, expected: { viewer: true } },
  ];
  return pick(draws, random)();
}

function askUser(random: Random, caller: Caller, id: string): Operation {
  // A live read is shared by all who wait for it.
  const freshness = random() < 0.06 ? 'LIVE' : 'STORED';
  const expected = { found: caller.users.has(id) };
  return { name: `user ${freshness}`, query: QUERIES.user, variables: { id, freshness }, expected };
}

function found(caller: Caller, name: 'node' | 'verification', id: string): Operation {
  const expected = { found: caller.users.has(id) || caller.records.has(id) };
  return { name, query: QUERIES[name], variables: { id }, expected };
}

function askNodes(caller: Caller, ids: readonly string[]): Operation {
  const seen = ids.filter((id) => caller.users.has(id) || caller.records.has(id));
  return { name: 'nodes', query: QUERIES.nodes, variables: { ids }, expected: { found: seen.length } };
}

function askUsers(random: Random, caller: Caller, { users }: Holdings, cursors: Cursors): Operation {
  const source = random() < 0.5 ? null : pick(SOURCES, random);
  const seen = users.filter(
    ({ id, identities }) =>
      caller.users.has(id) &&
      identities.some(
        (one) => caller.identities.has(nameOf(one)) && (source === null || one.source === source),
      ),
  );
  const list = `users ${source ?? ''}`;
  const variables = {
    first: 1 + Math.floor(random() * 8),
    after: cursorOf(random, cursors, list),
    filter: source === null ? null : { sources: [source] },
  };
  return { name: list, query: QUERIES.users, variables, expected: { totalCount: seen.length } };
}

function askVerifications(
  random: Random,
  caller: Caller,
  { records }: Holdings,
  cursors: Cursors,
): Operation {
  const kind = random() < 0.5 ? null : pick(Object.keys(LISTS), random);
  const source = random() < 0.5 ? null : pick(SOURCES, random);
  const seen = records.filter(
    (record) =>
      caller.records.has(record.id) &&
      (kind === null || record.kind === kind) &&
      (source === null || record.source === source),
  );
  const list = `verifications ${kind ?? ''} ${source ?? ''}`;
  const variables = {
    first: 1 + Math.floor(random() * 5),
    after: cursorOf(random, cursors, list),
    filter: source === null ? null : { sources: [source] },
  };
  return { name: list, query: queryOf(kind), variables, expected: { totalCount: seen.length } };
}

/** The lists of one kind have its own fields alone. */
function queryOf(kind: string | null): string {
  if (kind === null) return QUERIES.verifications;
  return QUERIES.verifications
    .replace('verifications(', `${LISTS[kind]}(`)
    .replace(RECORD, 'id source externalId externalUserId user { id } history(first: 2) { nodes { id } }');
}

function askStats(random: Random, caller: Caller): Operation {
  const groupBy = pick([['SOURCE'], ['STATUS'], ['SOURCE', 'KIND'], []], random);
  return {
    name: 'stats',
    query: QUERIES.stats,
    variables: { groupBy },
    expected: { stats: caller.records.size },
  };
}

const SOURCES = ['FINOGATES', 'FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];

function cursorOf(random: Random, cursors: Cursors, list: string): string | null {
  const held = cursors.get(list) ?? [];
  return held.length === 0 || random() < 0.4 ? null : pick(held, random);
}

/** What the answer says otherwise than it should; null for nothing. */
export function judge({ expected }: Operation, data: Given): string | null {
  const list = (data['list'] ?? {}) as Given;
  const said: Readonly<Record<string, boolean | number>> = {
    found: Array.isArray(data['found'])
      ? data['found'].filter((one) => one !== null).length
      : (data['found'] ?? null) !== null,
    totalCount: Number(list['totalCount']),
    viewer: ((data['viewer'] as Given | undefined)?.['user'] ?? null) !== null,
    stats: ((data['stats'] ?? []) as Given[]).reduce((sum, { count }) => sum + Number(count), 0),
  };
  for (const [name, wanted] of Object.entries(expected))
    if (said[name] !== wanted) return `${name} is ${said[name]} where ${wanted} should be`;
  return null;
}
