import { expect } from 'vitest';

import { pick, seededRandom } from '#sources/sandbox-seed';
import { verifyAudit } from '#store/audit/verify-audit';
import { readBeside } from '#store/read-beside';
import { createSealer } from '#store/sealing';

import { type Caller, createIssuer, EVERY_SCOPE } from '../access-matrix/callers.ts';
import { createFullWorld } from '../end-to-end/full-world.ts';
import { usersOf } from '../end-to-end/users.ts';
import type { Answer } from '../harness/ask.ts';
import { reveal } from '../harness/reveal.ts';
import type { World } from '../harness/world.ts';
import { compareAnswers, type ReadOf } from './clear-values.ts';
import { type Askable, type Random, randomQuery } from './random-queries.ts';

const SECRET_KEY = Buffer.alloc(32, 7);
/** Nothing moves while answers are compared. */
const STILL = { FINOGATES_SCAN_S: '0', FINX_SCAN_S: '0', ROCKETKOR_SCAN_S: '0', UPVEST_POLL_S: '86400' };
const AT_ONCE = 8;

const staff = (sub: string, scope = EVERY_SCOPE): Caller => ({ sub, kind: 'analyst', scope });
/** Reads nobody in clear, for want of a reveal. */
const MASKED: Caller = { sub: 'masked', kind: 'operator', scope: EVERY_SCOPE };
const WITH_REVEALS = staff('with reveals');
const OF_OLD = staff('without kyc:pii', 'kyc:status kyc:raw');

export interface Proof {
  readonly queries: number;
  /** Of which so many gave anything in clear. */
  readonly withClearValues: number;
  /** Fields of users that were given in clear, each once an answer. */
  readonly clearReads: number;
  readonly rows: number;
  /** `Type.field` that were read in clear. */
  readonly fields: ReadonlySet<string>;
  readonly unaudited: readonly string[];
  readonly unread: readonly string[];
}

interface Asked {
  readonly caller: string;
  readonly query: string;
  readonly inClear: ReadonlySet<ReadOf>;
  readonly given: ReadonlySet<ReadOf>;
}

/** Asks at random, and compares every answer with the rows that the audit has of its request. */
export async function proveClearReads(plan: {
  queries: number;
  people: number;
  seed: number;
}): Promise<Proof> {
  await using world = await createFullWorld({
    people: plan.people,
    settings: { KYC_SECRET_KEY: SECRET_KEY.toString('base64') },
    store: 'SQLITE',
  });
  const askable = await readAskable(world);
  const issuer = await createIssuer(world.folder);
  await world.stop();
  await world.start({ ...issuer.settings, ...STILL });
  const askAs = async (caller: Caller, query: string) =>
    await askOnce(world.url, query, await issuer.tokenOf(caller));
  const random = seededRandom(plan.seed);
  const revealed = askable.users.filter((_, at) => at % 2 === 0);
  await reveal(async <Data>(query: string) => (await askAs(WITH_REVEALS, query)) as Answer<Data>, revealed);
  const asked = new Map<string, Asked>();
  for (let left = plan.queries; left > 0; left -= AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, left) }, () => draw(random, askable));
    await Promise.all(
      some.map(async ({ caller, query }) => {
        const [answer, masked] = await Promise.all([askAs(caller, query), askAs(MASKED, query)]);
        expect([answer.httpStatus, masked.httpStatus]).toEqual([200, 200]);
        asked.set(answer.requestId, {
          caller: caller.sub,
          query,
          ...compareAnswers(answer.data, masked.data),
        });
        asked.set(masked.requestId, {
          caller: MASKED.sub,
          query,
          ...compareAnswers(masked.data, masked.data),
        });
      }),
    );
  }
  return await compareWithRows(world, asked, plan.queries);
}

function draw(random: Random, askable: Askable): { caller: Caller; query: string } {
  const way = random();
  const user = way < 0.2 ? pick(askable.users, random) : null;
  const endUser = { sub: 'end user', kind: 'end_user', scope: 'kyc:status', user: user ?? '' } as const;
  const caller = user !== null ? endUser : way < 0.9 ? WITH_REVEALS : OF_OLD;
  return { caller, query: randomQuery(random, askable, user) };
}

async function askOnce(url: string, query: string, token: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors = [] } = (await response.json()) as Pick<Answer<unknown>, 'data'> &
    Partial<Answer<unknown>>;
  return { httpStatus: response.status, requestId: response.headers.get('x-request-id') ?? '', data, errors };
}

interface Listed {
  readonly verifications: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
const LIST = `query Q($after: String) {
  verifications(first: 200, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;

async function readAskable(world: World): Promise<Askable> {
  const users = [...new Set((await usersOf(world)).values())];
  const verifications: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data }: Answer<Listed> = await world.ask<Listed>(LIST, { after });
    verifications.push(...data.verifications.nodes.map(({ id }) => id));
    if (!data.verifications.pageInfo.hasNextPage) return { users, verifications };
    after = data.verifications.pageInfo.endCursor;
  }
}

/** The rows as they stand in the store, proved, against what was seen in the answers. */
async function compareWithRows(
  world: World,
  asked: ReadonlyMap<string, Asked>,
  queries: number,
): Promise<Proof> {
  const rows = await readBeside({ folder: world.folder }, 'There is no store.', async (database) => {
    const { faults } = await verifyAudit(database, createSealer(new Uint8Array(SECRET_KEY), 'audit'));
    expect(faults).toEqual([]);
    return await database
      .selectFrom('audit')
      .select(['request_id', 'actor', 'kind', 'action', 'user_id', 'fields', 'reason'])
      .where('action', 'in', ['READ_CLEAR', 'READ_RAW'])
      .execute();
  });
  const told = new Map<string, Set<ReadOf>>();
  for (const row of rows) {
    const reads = told.get(row.request_id) ?? new Set();
    for (const field of JSON.parse(row.fields) as string[]) reads.add(`${row.user_id ?? 'nobody'} ${field}`);
    told.set(row.request_id, reads);
    expect(row.actor).toBe(asked.get(row.request_id)?.caller);
    // What `reveal` said; of their own nobody is asked why.
    expect(row.reason).toBe(row.kind === 'END_USER' ? null : 'A test');
  }
  const unaudited: string[] = [];
  const unread: string[] = [];
  const fields = new Set<string>();
  let clearReads = 0;
  for (const [requestId, { caller, query, inClear, given }] of asked) {
    const said = told.get(requestId) ?? new Set();
    clearReads += inClear.size;
    for (const read of inClear) {
      fields.add(read.split(' ')[1] ?? '');
      if (!said.has(read)) unaudited.push(`${read} by ${caller}: ${query}`);
    }
    for (const read of said) if (!given.has(read)) unread.push(`${read} by ${caller}: ${query}`);
  }
  const withClearValues = [...asked.values()].filter(({ inClear }) => inClear.size > 0).length;
  return { queries, withClearValues, clearReads, rows: rows.length, fields, unaudited, unread };
}
