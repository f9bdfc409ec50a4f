import { Pool } from 'undici';

import { pick, seededRandom } from '#sources/sandbox-seed';

import type { Crowd } from './crowd.ts';
import { type Cursors, drawOperation, judge, type Operation } from './operations.ts';
import { type Caller, PERSONAL } from './sights.ts';

const AT_ONCE = 24;
/** Fewer than are under way, so that callers follow each other on a connection. */
const CONNECTIONS = 16;
const CURSORS_KEPT = 60;
const FAULTS_TOLD = 20;

export interface Interleaved {
  readonly operations: number;
  readonly bytes: number;
  /** Places where something stood that is the caller's to see, and nobody's whom they do not. */
  readonly own: number;
  /** Of these, personal values in clear. */
  readonly personal: number;
  /** Operations whose answer was null, or nothing, because what was asked for is another's. */
  readonly withheld: number;
  /** Asked from where a cursor stood that another caller was given. */
  readonly byCursorOfAnother: number;
  /** Places where something stood that is another's. */
  readonly foreign: number;
  /** Answers that were not what this caller is to be told. */
  readonly wrong: number;
  /** The first few of both, without any value. */
  readonly told: readonly string[];
}
type Counts = { -readonly [Name in keyof Interleaved]: Interleaved[Name] extends number ? number : string[] };

interface Node {
  readonly cursor: string;
}
interface Answered {
  readonly data?: Readonly<Record<string, unknown>> & {
    readonly list?: { readonly edges?: readonly Node[] };
  };
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Has all callers ask at random, many at once over connections that they share, and looks through each answer. */
export async function interleave(
  crowd: Crowd,
  url: string,
  plan: { readonly operations: number; readonly seed: number },
): Promise<Interleaved> {
  const counts: Counts = {
    operations: 0,
    bytes: 0,
    own: 0,
    personal: 0,
    withheld: 0,
    byCursorOfAnother: 0,
    foreign: 0,
    wrong: 0,
    told: [],
  };
  await using pool = poolOf(url);
  const random = seededRandom(plan.seed);
  const cursors: Cursors = new Map();
  const givenTo = new Map<string, Caller>();
  let left = plan.operations;
  const askOn = async () => {
    while (left > 0) {
      left -= 1;
      const caller = pick(crowd.callers, random);
      const operation = drawOperation(random, caller, crowd.holdings, cursors);
      const answer = await pool.ask(operation, crowd.tokens.get(caller.name) ?? '');
      look(crowd, { caller, operation, answer }, counts);
      const after = givenTo.get(String(operation.variables['after']));
      if (after !== undefined && after !== caller) counts.byCursorOfAnother += 1;
      const edges = answer.body.data?.list?.edges ?? [];
      keep(cursors, operation.name, edges);
      for (const { cursor } of edges) givenTo.set(cursor, caller);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  return counts;
}

interface Heard {
  readonly status: number;
  /** With its headers. */
  readonly bytes: Buffer;
  readonly body: Answered;
}

function poolOf(url: string) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  return {
    ask: async ({ query, variables }: Operation, token: string): Promise<Heard> => {
      const { statusCode, headers, body } = await pool.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      const text = await body.text();
      const bytes = Buffer.from(`${JSON.stringify(headers)}\n${text}`);
      return { status: statusCode, bytes, body: JSON.parse(text) as Answered };
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function look(
  { owners }: Crowd,
  { caller, operation, answer }: { caller: Caller; operation: Operation; answer: Heard },
  counts: Counts,
): void {
  const tell = (what: string) => {
    if (counts.told.length < FAULTS_TOLD) counts.told.push(`${operation.name} for ${caller.name}: ${what}`);
  };
  counts.operations += 1;
  counts.bytes += answer.bytes.length;
  for (const { what, by } of owners.in(answer.bytes)) {
    if (by.has(caller.name)) {
      counts.own += 1;
      counts.personal += what === PERSONAL ? 1 : 0;
      continue;
    }
    counts.foreign += 1;
    tell(`${what}, which is for ${[...by].join(', ') || 'nobody'}`);
  }
  const { data, errors = [] } = answer.body;
  const fault =
    errors.length > 0 || data === undefined
      ? `${answer.status} ${errors.map(({ extensions }) => extensions?.code).join()}`
      : judge(operation, data);
  if (fault === null) counts.withheld += operation.expected['found'] === false ? 1 : 0;
  else {
    counts.wrong += 1;
    tell(fault);
  }
}

/** Any of the last ones. */
function keep(cursors: Cursors, list: string, edges: readonly Node[]): void {
  const held = [...(cursors.get(list) ?? []), ...edges.map(({ cursor }) => cursor)];
  cursors.set(list, held.slice(-CURSORS_KEPT));
}
