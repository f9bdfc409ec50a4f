import type { SandboxFault, SandboxPerson, SandboxRequest, SourceSandbox } from '#sources/sandbox';
import { pick, seededRandom } from '#sources/sandbox-seed';
import { type SandboxAnswer, type SandboxCall, SandboxServer } from '#sources/sandbox-server';

import { FINX } from './normalize.ts';
import { customerIdOf, moved, recordsOf, type SandboxRow } from './sandbox-records.ts';

const TOKEN = 'finx-sandbox-token';
const DEFAULT_LIMIT = 10;
const NOT_FOUND: SandboxAnswer = { status: 404, body: { error: 'not found' } };
const REFUSED: SandboxAnswer = { status: 400, body: { error: 'bad parameter' } };

/** A simulator of Fin X's KYC endpoints that read. How it pages can be set, as the document leaves it open. */
export class FinxSandbox implements SourceSandbox {
  readonly source = FINX;
  /** Whether `starting_after` and `ending_before` do anything; REFUSED answers them with 400. */
  cursor: 'HONOURED' | 'IGNORED' | 'REFUSED' = 'HONOURED';
  /** A higher `limit` is lowered to this without a word. */
  highestLimit = 100;
  /** TRUE: says that there is more even when there is not. */
  hasMore: 'HONEST' | 'TRUE' = 'HONEST';
  #rows: readonly SandboxRow[];
  readonly #known: ReadonlySet<number>;
  readonly #random = seededRandom(1);
  readonly #server = new SandboxServer((call) => this.#answer(call));

  constructor(people: readonly SandboxPerson[]) {
    const known = people.filter((person) => person.sources.includes(FINX));
    this.#known = new Set(known.map((person) => person.number));
    this.#rows = known.flatMap(recordsOf).toReversed();
  }

  get fault(): SandboxFault {
    return this.#server.fault;
  }

  set fault(fault: SandboxFault) {
    this.#server.fault = fault;
  }

  get requests(): readonly SandboxRequest[] {
    return this.#server.requests;
  }

  get tokenRequests(): number {
    return this.#server.tokenRequests;
  }

  async start(): Promise<Readonly<Record<string, string>>> {
    return { FINX_URL: await this.#server.start(), FINX_TOKEN: TOKEN };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  externalUserIdOf(person: SandboxPerson): string | null {
    return this.#known.has(person.number) ? customerIdOf(person) : null;
  }

  credentialOf(): null {
    return null;
  }

  records(): readonly SandboxRow[] {
    return this.#rows;
  }

  move(): void {
    const count = Math.min(1 + Math.floor(this.#random() * 3), this.#rows.length);
    for (let turn = 0; turn < count; turn += 1)
      this.replace(moved(pick(this.#rows, this.#random), this.#random));
  }

  restore(records: readonly unknown[]): void {
    this.#rows = records.filter(isRow);
  }

  /** Puts a row first in the list, as the newest. */
  add(row: SandboxRow): void {
    this.#rows = [row, ...this.#rows];
  }

  replace(row: SandboxRow): void {
    this.#rows = this.#rows.map((held) => (held.id === row.id ? row : held));
  }

  remove(id: string): void {
    this.#rows = this.#rows.filter((row) => row.id !== id);
  }

  #answer({ method, url, headers }: SandboxCall): SandboxAnswer {
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { error: 'unauthorized' } };
    if (method !== 'GET') return { status: 405, body: { error: 'method not allowed' } };
    if (url.pathname === '/v1/kyc') return this.#list(url.searchParams);
    const id = /^\/v1\/kyc\/([^/]+)$/.exec(url.pathname)?.[1];
    const row = id === undefined ? undefined : this.#rows.find((held) => encodeURIComponent(held.id) === id);
    return row === undefined ? NOT_FOUND : { status: 200, body: row };
  }

  #list(query: URLSearchParams): SandboxAnswer {
    const hasCursor = query.has('starting_after') || query.has('ending_before');
    if (hasCursor && this.cursor === 'REFUSED') return REFUSED;
    const asked = query.get('limit') ?? String(DEFAULT_LIMIT);
    if (!/^[1-9]\d*$/.test(asked)) return REFUSED;
    const limit = Math.min(Number(asked), this.highestLimit);
    const matching = this.#rows.filter((row) => isAskedFor(row, query));
    const page = this.cursor === 'HONOURED' ? slice(matching, query, limit) : head(matching, limit);
    if (page === null) return REFUSED;
    return { status: 200, body: { has_more: page.more || this.hasMore === 'TRUE', data: page.rows } };
  }
}

function isRow(record: unknown): record is SandboxRow {
  return typeof record === 'object' && record !== null && 'id' in record && typeof record.id === 'string';
}

function isAskedFor(row: SandboxRow, query: URLSearchParams): boolean {
  return ['customer_id', 'verification_status'].every(
    (name) => !query.has(name) || row[name] === query.get(name),
  );
}

interface Slice {
  readonly rows: readonly SandboxRow[];
  readonly more: boolean;
}

function head(rows: readonly SandboxRow[], limit: number): Slice {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** Rows behind `starting_after`, or before `ending_before`; null when that id is not in the list. */
function slice(rows: readonly SandboxRow[], query: URLSearchParams, limit: number): Slice | null {
  const before = query.get('ending_before');
  const cursor = query.get('starting_after') ?? before;
  if (cursor === null) return head(rows, limit);
  const at = rows.findIndex((row) => row.id === cursor);
  if (at < 0) return null;
  if (before === null) return head(rows.slice(at + 1), limit);
  return { rows: rows.slice(0, at).slice(-limit), more: at > limit };
}
