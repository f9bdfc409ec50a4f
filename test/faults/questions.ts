import { createHash } from 'node:crypto';

import { rooms } from '#sources/index';
import type { SandboxFault, SandboxPerson, SourceSandbox } from '#sources/sandbox';

import { found } from '../harness/bench.ts';
import { until } from '../harness/until.ts';
import type { World } from '../harness/world.ts';

/** In registry order. */
export const SOURCES: readonly string[] = rooms.map(({ descriptor }) => descriptor.id);
/** Those that can be asked for one user. */
export const ASKABLE: readonly string[] = rooms
  .filter(({ descriptor }) => descriptor.ask !== 'scan')
  .map(({ descriptor }) => descriptor.id);
export const FRESHNESSES = ['STORED', 'FRESH', 'LIVE'] as const;

/** What each fault is called in the graph, and when the source asked to be tried again. */
export const FAULTS = [
  ['DOWN', 'SOURCE_UNREACHABLE', null],
  ['SLOW', 'SOURCE_TIMEOUT', null],
  ['WRONG', 'SOURCE_BAD_PAYLOAD', null],
  ['HALF', 'SOURCE_UNREACHABLE', null],
  ['UNAVAILABLE', 'SOURCE_UNREACHABLE', 1000],
  ['LIMITED', 'SOURCE_RATE_LIMITED', 1000],
] as const satisfies readonly (readonly [SandboxFault, string, number | null])[];

export interface Report {
  readonly source: string;
  readonly state: string;
  readonly asOf: string | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly retryAfterMs: number | null;
  } | null;
}
interface Provenance {
  readonly via: string;
  readonly stale: boolean;
}
export type Row = { readonly id: string; readonly source: string; readonly sourceStatus: string | null } & {
  readonly provenance?: Provenance;
} & Readonly<Record<string, unknown>>;

export interface UserAnswer {
  readonly id: string;
  readonly person: unknown;
  readonly kyc: { readonly sources: readonly Report[] } & Readonly<Record<string, unknown>>;
  readonly verifications: { readonly nodes: readonly Row[]; readonly sources: readonly Report[] };
}
interface Connection {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly sources: readonly Report[];
}
export interface Lists {
  readonly verifications: Connection;
  readonly kycRecords: Connection;
  readonly checks: Connection;
  readonly idvApplications: Connection;
  readonly users: { readonly totalCount: number; readonly nodes: readonly unknown[] };
}
export interface Info {
  readonly source: string;
  readonly health: string;
  readonly recordCount: number;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

const REPORTS = 'sources { source state asOf error { code message retryAfterMs } }';
const ROW =
  'id source kind status statusReason sourceStatus externalId createdAt updatedAt decidedAt user { id }';
const USER = `id person { fullName email dateOfBirth }
  kyc { status reason because { id } contributors { id } conflicting validUntil nextAction ${REPORTS} }
  verifications(first: 200) { nodes { ${ROW} provenance { via stale } } ${REPORTS} }`;
const LIST = `(first: 200) { totalCount nodes { ${ROW} } ${REPORTS} }`;

/** HTTP 200 without errors, or the test fails. */
async function data<Data>(
  world: World,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const answer = await world.ask<Data>(query, variables);
  if (answer.httpStatus !== 200 || answer.errors.length > 0) {
    throw new Error(`HTTP ${answer.httpStatus}: ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}

export async function askUser(world: World, id: string, freshness: string): Promise<UserAnswer> {
  const query = `query ($id: ID!, $freshness: Freshness) { user(id: $id, freshness: $freshness) { ${USER} } }`;
  return found((await data<{ user: UserAnswer | null }>(world, query, { id, freshness })).user);
}

export async function askLists(world: World): Promise<Lists> {
  return data(
    world,
    `{ verifications${LIST} kycRecords${LIST} checks${LIST} idvApplications${LIST}
       users(first: 200) { totalCount nodes { id kyc { status reason because { id } } } } }`,
  );
}

export async function askInfo(world: World, source: string): Promise<Info> {
  const { sources } = await data<{ sources: readonly Info[] }>(
    world,
    '{ sources { source health recordCount lastError { code message } } }',
  );
  return found(sources.find((info) => info.source === source));
}

/** By an identity that the gateway knows. */
export async function userIdOf(world: World, person: SandboxPerson): Promise<string> {
  const [identity] = world.identitiesOf(person);
  const { userByIdentity } = await data<{ userByIdentity: { id: string } | null }>(
    world,
    `query ($source: Source!, $externalId: ID!) {
       userByIdentity(source: $source, externalId: $externalId, freshness: STORED) { id } }`,
    { ...found(identity) },
  );
  return found(userByIdentity).id;
}

/** A person who is known at all five sources. */
export function everywhere(world: World): SandboxPerson {
  return found(world.people.find(({ sources }) => sources.length === SOURCES.length));
}

export function reportOf(reports: readonly Report[], source: string): Report {
  return found(reports.find((report) => report.source === source));
}

export const ofSource = (rows: readonly Row[], source: string) => rows.filter((row) => row.source === source);
export const notOf = (rows: readonly Row[], source: string) => rows.filter((row) => row.source !== source);
/** An answer without when each source was last read: what an earlier read learns comes in at its own time. */
export function timeless<Answer>(answer: Answer): unknown {
  return JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === 'asOf' ? undefined : value)));
}

/** What was said, without how it came here. */
export const said = (rows: readonly Row[]) => rows.map((row) => ({ ...row, provenance: null }));

/** The reports of lists alone: cheap enough to ask again and again. */
export async function askReports(world: World): Promise<readonly Report[]> {
  const query = `{ verifications(first: 1) { ${REPORTS} } }`;
  return (await data<{ verifications: { sources: readonly Report[] } }>(world, query)).verifications.sources;
}

export async function untilWhole(world: World): Promise<void> {
  await until('all sources are COMPLETE', async () => {
    const reports = await askReports(world);
    return reports.every(({ state }) => state === 'COMPLETE');
  });
}

/** Waits until a list says that a record has this status at its source. */
export async function untilLearnt(world: World, source: string, moved: { externalId: string; to: string }) {
  const query = `query ($source: Source!, $id: ID!) {
    verifications(filter: { sources: [$source], externalIds: [$id] }) { nodes { sourceStatus } } }`;
  await until('the store has learnt it', async () => {
    const { verifications } = await data<{ verifications: Pick<Connection, 'nodes'> }>(world, query, {
      source,
      id: moved.externalId,
    });
    return verifications.nodes[0]?.sourceStatus === moved.to;
  });
}

/** Gives a record another status, as the source itself would, and says which. */
export function moveOne(
  world: World,
  source: string,
  person: SandboxPerson,
): { externalId: string; to: string } {
  return found(MOVES[source])(world.sandbox(source), person);
}

type Move = (sandbox: SourceSandbox, person: SandboxPerson) => { externalId: string; to: string };
const other = (now: unknown, one: string, another: string) => (now === one ? another : one);
const firstOf = <Record>(records: readonly unknown[], isIt: (record: Record) => boolean): Record =>
  found((records as readonly Record[]).find(isIt));

/** Each simulator by its own form: they have in common only what the gateway may rely on. */
const MOVES: Readonly<Record<string, Move>> = {
  FINOGATES(sandbox, person) {
    const name = sandbox.externalUserIdOf(person);
    const row = firstOf<{ id: string; user_id: string; status: string }>(
      sandbox.records(),
      (one) => one.user_id === name,
    );
    const to = other(row.status, 'approved', 'rejected');
    (sandbox as SourceSandbox & { setStatus(id: string, status: string): void }).setStatus(row.id, to);
    return { externalId: row.id, to };
  },
  FINX(sandbox, person) {
    const name = sandbox.externalUserIdOf(person);
    type FinxRow = { id: string; customer_id: string; verification_status: string; updated_at: number };
    const row = firstOf<FinxRow>(sandbox.records(), (one) => one.customer_id === name);
    const to = other(row.verification_status, 'verified', 'failed');
    (sandbox as SourceSandbox & { replace(row: unknown): void }).replace({
      ...row,
      verification_status: to,
      updated_at: row.updated_at + 60,
    });
    return { externalId: row.id, to };
  },
  ROCKETKOR(sandbox, person) {
    const name = sandbox.externalUserIdOf(person);
    type Application = { id: string; accountId: string; latestStatus: string; updatedAt: string };
    const row = firstOf<Application>(sandbox.records(), (one) => one.accountId === name);
    const to = other(row.latestStatus, 'PROCESSING', 'PENDING_REVIEW');
    const updatedAt = Temporal.Instant.from(row.updatedAt).add({ minutes: 1 }).toString();
    (sandbox as SourceSandbox & { replace(row: unknown): void }).replace({
      ...row,
      latestStatus: to,
      updatedAt,
    });
    return { externalId: row.id, to };
  },
  UPVEST(sandbox, person) {
    const name = sandbox.externalUserIdOf(person);
    const row = firstOf<{ id: string; user_id: string; status: string }>(
      sandbox.records(),
      (one) => one.user_id === name,
    );
    const to = other(row.status, 'PASSED', 'FAILED');
    (sandbox as SourceSandbox & { setStatus(id: string, status: string): void }).setStatus(row.id, to);
    return { externalId: row.id, to };
  },
  SUMVIN(sandbox, person) {
    const own = sandbox as SourceSandbox & {
      recordOf(person: SandboxPerson): { status: string };
      setStatus(person: SandboxPerson, status: string): void;
    };
    const to = other(own.recordOf(person).status, 'approved', 'retry');
    own.setStatus(person, to);
    return { externalId: found(sandbox.externalUserIdOf(person)), to };
  },
};

/** An id that no simulator knows, the same for the same words. */
export function strangersId(word: string): string {
  return `00000000-0000-4000-a000-${createHash('sha256').update(word).digest('hex').slice(0, 12)}`;
}
