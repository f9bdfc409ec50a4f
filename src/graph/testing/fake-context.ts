import DataLoader from 'dataloader';
import { graphql } from 'graphql';

import { createClearReads } from '#access/clear-reads';
import { createClearances } from '#access/clearance';
import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { createRefusals } from '#access/refusals';
import { sightBesideGrants } from '#access/sight-of';
import type { Answer } from '#kyc/answer';
import { now } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import { matchesFilter } from '#kyc/match-filter';
import { compareByOrder, positionIn, slicePage } from '#kyc/slice-page';
import type { SourceReport } from '#kyc/source-report';
import type { IdentityRef, User } from '#kyc/user';
import type { DecisionTimes, StatsCount, UnmappedStatus } from '#kyc/verification-stats';
import type { Loaders } from '#loaders/loaders';
import { SharedReads } from '#loaders/shared-reads';
import { Turns } from '#loaders/turns';
import type { ChangeReads } from '#store/changes/changes';
import { createSealer } from '#store/sealing';
import type { StoreReads } from '#store/store-reads';

import type { Actions, GraphContext } from '../context.ts';
import { createCursors } from '../cursors.ts';
import { createLogCursors } from '../log-cursors.ts';
import { createSchema } from '../schema.ts';
import { createFakeAudit, type FakeAudit } from './fake-audit.ts';
import { createFakeReveals, type FakeRevealed } from './fake-reveals.ts';
import { createFakeWebhookEvents, type FakePutAside } from './fake-webhook-events.ts';
import { ALPHA, BETA, GAMMA, NOT_STARTED } from './records.ts';

export const SOURCES = [
  { id: ALPHA, description: 'The first.', kind: 'KYC_RECORD' },
  { id: BETA, description: 'The second.', kind: 'CHECK' },
  { id: GAMMA, description: 'The third.', kind: 'IDV_APPLICATION' },
] as const;

export const schema = createSchema(SOURCES);
const sealer = createSealer(new Uint8Array(32).fill(7), 'cursor');
export const cursors = createCursors(sealer);

export interface FakeWorld extends FakeAudit, FakePutAside, FakeRevealed {
  readonly users?: readonly User[];
  readonly verifications?: readonly KnownVerification[];
  readonly answer?: Answer;
  readonly principal?: Principal;
  readonly actions?: Partial<Actions>;
  /** How many searches the caller has left; absent: any number. */
  readonly searchesLeft?: number;
  /** Payloads by the ids of their records. */
  readonly raws?: Readonly<Record<string, unknown>>;
  readonly stats?: readonly StatsCount[];
  readonly decisionTimes?: readonly DecisionTimes[];
  readonly unmapped?: readonly UnmappedStatus[];
}

/** A context over data in memory that notes each call that leaves the graph, with its freshness where it has one. */
export function createFakeContext(world: FakeWorld = {}) {
  const calls: string[] = [];
  const principal = world.principal ?? LOCAL_OPERATOR;
  const { entries, context: audit } = createFakeAudit(world);
  const context: GraphContext = {
    ...audit,
    requestId: 'request',
    principal,
    signal: new AbortController().signal,
    resumeAfter: null,
    anew: () => Promise.reject(new Error('There are no events here.')),
    logTail: { follow: () => expectNobody(), reads: new SharedReads(), turns: new Turns() },
    sight: sightBesideGrants(principal),
    clearances: createClearances(principal, createFakeReveals(world, calls)),
    clearReads: createClearReads(),
    refusals: createRefusals(),
    loaders: createFakeLoaders(world, calls),
    store: createFakeStore(world, calls),
    actions: createFakeActions(world, calls),
    grants: createFakeGrants(calls),
    webhookEvents: createFakeWebhookEvents(world, calls),
    rates: createFakeRates(world, calls),
    cursors,
    logCursors: createLogCursors(sealer, { epoch: 'epoch' }),
    policy: 'strict',
    enabledSources: SOURCES.map(({ id }) => id),
  };
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const { data, errors } = await graphql({ schema, source, contextValue: context, variableValues });
    return { data: JSON.parse(JSON.stringify(data ?? null)), errors: errors ?? [] };
  };
  return { context, calls, entries, ask };
}

const REPORTS: readonly SourceReport[] = SOURCES.map(({ id }) => ({
  source: id,
  state: 'COMPLETE',
  asOf: null,
  error: null,
}));

function ofUser(world: FakeWorld, { id, identities }: User): readonly KnownVerification[] {
  const counts = (known: KnownVerification) =>
    known.userId === id ||
    (known.kind === 'IDV_APPLICATION' &&
      known.details.entities.some(({ accountId }) => identities.some((one) => one.externalId === accountId)));
  return (world.verifications ?? []).filter(counts);
}

function userOfIdentity({ users }: FakeWorld, { source, externalId }: IdentityRef): User | null {
  const holds = (user: User) =>
    user.identities.some((one) => one.source === source && one.externalId === externalId);
  return users?.find(holds) ?? null;
}

function createFakeLoaders(world: FakeWorld, calls: string[]): Loaders {
  const users = new DataLoader<string, User | null>(async (ids) => {
    calls.push(`batch of ${ids.length} users`);
    return ids.map((id) => world.users?.find((user) => user.id === id) ?? null);
  });
  const verifications = new DataLoader<string, KnownVerification | null>(async (ids) => {
    calls.push(`batch of ${ids.length} verifications`);
    return ids.map((id) => world.verifications?.find((known) => known.id === id) ?? null);
  });
  return {
    user: (id) => users.load(id),
    verification: (id, freshness) => {
      calls.push(`verification ${freshness}`);
      return verifications.load(id);
    },
    userByIdentity: async (ref, freshness) => {
      calls.push(`userByIdentity ${freshness}`);
      return userOfIdentity(world, ref);
    },
    verificationByExternalId: async (_ref, freshness) => {
      calls.push(`verificationByExternalId ${freshness}`);
      return null;
    },
    verificationsOfUser: async (user, freshness) => {
      calls.push(`verificationsOfUser ${freshness}`);
      return { verifications: ofUser(world, user), reports: REPORTS };
    },
    answerOfUser: async (user, freshness) => {
      calls.push(`answerOfUser ${freshness}`);
      return { verifications: ofUser(world, user), reports: REPORTS, answer: world.answer ?? NOT_STARTED };
    },
    sourcesOfUser: async () => SOURCES.map(({ id }) => id),
    reportsOfLists: async () => {
      calls.push('reportsOfLists');
      return REPORTS;
    },
    sourceInfos: async () => [],
  };
}

function createFakeStore(world: FakeWorld, calls: string[]): StoreReads {
  const newestFirst = (world.users ?? []).toSorted((one, other) =>
    one.createdAt === other.createdAt
      ? one.id < other.id
        ? -1
        : 1
      : one.createdAt > other.createdAt
        ? -1
        : 1,
  );
  return {
    readUsers: async (ids) => {
      calls.push('readUsers');
      return ids.map((id) => world.users?.find((user) => user.id === id) ?? null);
    },
    pageVerifications: async ({ filter, order, page }) => {
      calls.push('pageVerifications');
      const fitting = (world.verifications ?? []).filter((known) => matchesFilter(known, filter));
      return slicePage(fitting.toSorted(compareByOrder(order)), page, positionIn(order), order.direction);
    },
    countVerifications: async (filter) => {
      calls.push('countVerifications');
      return (world.verifications ?? []).filter((known) => matchesFilter(known, filter)).length;
    },
    pageUsers: async ({ page }) => {
      calls.push('pageUsers');
      return slicePage(newestFirst, page, (one) => ({ value: one.createdAt, id: one.id }), 'DESC');
    },
    countUsers: async () => {
      calls.push('countUsers');
      return newestFirst.length;
    },
    readUsersByIdentity: async (refs) => {
      calls.push('readUsersByIdentity');
      return refs.map((ref) => userOfIdentity(world, ref));
    },
    readVerifications: () => Promise.reject(new Error('The graph reads records through loaders.')),
    readRaw: async (id) => {
      calls.push('readRaw');
      return world.raws?.[id] ?? null;
    },
    readVerificationsOfUsers: () => Promise.reject(new Error('The graph reads records through loaders.')),
    changes: createFakeChanges(),
    countOfSource: () => Promise.reject(new Error('The graph counts through loaders.')),
    verificationStats: async (query) => {
      calls.push(`verificationStats ${JSON.stringify(query)}`);
      return world.stats ?? [];
    },
    decisionTimes: async () => {
      calls.push('decisionTimes');
      return world.decisionTimes ?? [];
    },
    unmappedStatuses: async () => {
      calls.push('unmappedStatuses');
      return world.unmapped ?? [];
    },
  };
}

function expectNobody(): never {
  throw new Error('There is no log here.');
}

/** The log is read end to end (test/changes). */
function createFakeChanges(): ChangeReads {
  const unread = () => Promise.reject(new Error('There is no log here.'));
  return {
    epoch: 'epoch',
    head: async () => 0,
    readStatusChanges: unread,
    readUserKycChanges: unread,
    readAnswerMoves: unread,
    pageStatusChanges: unread,
    countStatusChanges: unread,
    readAt: unread,
  };
}

function createFakeGrants(calls: string[]): GraphContext['grants'] {
  return {
    grant: async (grants, by) => {
      calls.push(...grants.map((grant) => `grant ${JSON.stringify(grant)} by ${by}`));
      return grants.map(() => ({ changed: true, refusal: null }));
    },
    revoke: async (grant) => {
      calls.push(`revoke ${JSON.stringify(grant)}`);
      return { changed: true, refusal: null };
    },
  };
}

function createFakeRates({ searchesLeft = 1000 }: FakeWorld, calls: string[]): GraphContext['rates'] {
  let left = searchesLeft;
  return {
    take: async (key) => {
      calls.push(`take from ${key.replaceAll('\0', ' ')}`);
      left -= 1;
      return left < 0 ? { isTaken: false, retryAfterS: 2 } : { isTaken: true };
    },
  };
}

function createFakeActions(world: FakeWorld, calls: string[]): Actions {
  return {
    linkIdentities: async (lists) => {
      calls.push(`linkIdentities ${lists.length}`);
      return lists.map(() => ({ userId: world.users?.[0]?.id ?? '', refusal: null }));
    },
    connectIdentity: async () => {
      calls.push('connectIdentity');
      return { userId: world.users?.[0]?.id ?? '', refusal: null };
    },
    unlinkIdentity: async (id) => {
      calls.push('unlinkIdentity');
      return { userId: id, refusal: null };
    },
    mergeUsers: async (keepId) => {
      calls.push('mergeUsers');
      return { userId: keepId, refusal: null };
    },
    disconnectIdentity: async () => {
      calls.push('disconnectIdentity');
      return { userId: world.users?.[0]?.id ?? '', refusal: null };
    },
    eraseUser: async (id) => {
      calls.push(`eraseUser ${id}`);
      return { erasedAt: now(), receipts: [] };
    },
    refreshUser: async () => {
      calls.push('refreshUser');
      return REPORTS;
    },
    ...world.actions,
  };
}
