import { randomUUID } from 'node:crypto';

import type { SandboxFault, SandboxPerson, SandboxRequest, SourceSandbox } from '#sources/sandbox';
import { seededRandom } from '#sources/sandbox-seed';
import { type SandboxAnswer, type SandboxCall, SandboxServer } from '#sources/sandbox-server';

import { ROCKETKOR } from './normalize.ts';
import { accountIdOf, applicationsOf, type SandboxApplication } from './sandbox-applications.ts';
import { nextMoves } from './sandbox-moves.ts';
import { BadParameter, select } from './sandbox-query.ts';

const TOKEN = 'rocketkor-sandbox-token';
const API_KEY = 'rocketkor-sandbox-key';
const API_SECRET = 'rocketkor-sandbox-secret';
const LIST_PATH = '/v1/identity-verifications';
const EXCHANGE_PATH = '/v1/api-keys/exchange';
const DEFAULT_SIZE = 20;

/** A simulator of RocketKOR's list of applications, with its token exchange. */
export class RocketkorSandbox implements SourceSandbox {
  readonly source = ROCKETKOR;
  /** A higher `size` is lowered to this without a word. */
  highestSize = 100;
  /** What the document's own sample leaves in doubt; by default it is wrong on every third page. */
  hasNext: 'SOMETIMES_WRONG' | 'HONEST' | 'TRUE' = 'SOMETIMES_WRONG';
  /** What new access tokens say of their life, and how long they have. */
  tokenLifetimeS = 3600;
  #applications: readonly SandboxApplication[];
  #pagesGiven = 0;
  readonly #known: ReadonlySet<number>;
  readonly #tokens = new Map<string, number>();
  readonly #random = seededRandom(2);
  readonly #server = new SandboxServer(
    (call) => this.#answer(call),
    (url) => url.pathname === EXCHANGE_PATH,
  );

  constructor(people: readonly SandboxPerson[]) {
    const known = people.filter((person) => person.sources.includes(ROCKETKOR));
    this.#known = new Set(known.map((person) => person.number));
    this.#applications = known.flatMap((person, index) =>
      applicationsOf(person, known.slice(index + 1, index + (person.number % 2 === 0 ? 3 : 2))),
    );
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
    return { ROCKETKOR_URL: await this.#server.start(), ROCKETKOR_TOKEN: TOKEN };
  }

  /** The other credential, in place of ROCKETKOR_TOKEN. */
  apiKeySettings(): Readonly<Record<string, string>> {
    return { ROCKETKOR_API_KEY: API_KEY, ROCKETKOR_API_SECRET: API_SECRET };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  externalUserIdOf(person: SandboxPerson): string | null {
    return this.#known.has(person.number) ? accountIdOf(person) : null;
  }

  credentialOf(): null {
    return null;
  }

  records(): readonly SandboxApplication[] {
    return this.#applications;
  }

  move(): void {
    for (const application of nextMoves(this.#applications, this.#random)) this.replace(application);
  }

  restore(records: readonly unknown[]): void {
    this.#applications = records.filter(isApplication);
  }

  add(application: SandboxApplication): void {
    this.#applications = [...this.#applications, application];
  }

  replace(application: SandboxApplication): void {
    this.#applications = this.#applications.map((held) => (held.id === application.id ? application : held));
  }

  remove(id: string): void {
    this.#applications = this.#applications.filter((held) => held.id !== id);
  }

  /** Makes every access token given so far worthless. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  #answer({ method, url, headers }: SandboxCall): SandboxAnswer {
    if (url.pathname === EXCHANGE_PATH) return this.#exchange(method, headers.authorization);
    if (!this.#isLetIn(headers.authorization)) return { status: 401, body: { error: 'unauthorized' } };
    if (url.pathname !== LIST_PATH) return { status: 404, body: { error: 'not found' } };
    if (method !== 'GET') return { status: 405, body: { error: 'method not allowed' } };
    try {
      return { status: 200, body: this.#page(url.searchParams) };
    } catch (error) {
      if (error instanceof BadParameter) return { status: 400, body: { error: error.message } };
      throw error;
    }
  }

  #exchange(method: string, authorization: string | undefined): SandboxAnswer {
    const basic = Buffer.from(`${API_KEY}:${API_SECRET}`).toString('base64');
    if (method !== 'POST') return { status: 405, body: { error: 'method not allowed' } };
    if (authorization !== `Basic ${basic}`) return { status: 401, body: { error: 'unauthorized' } };
    const token = randomUUID();
    this.#tokens.set(token, Date.now() + this.tokenLifetimeS * 1000);
    return { status: 200, body: { access_token: token, expires_in: this.tokenLifetimeS } };
  }

  #isLetIn(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    return token === TOKEN || (this.#tokens.get(token) ?? 0) > Date.now();
  }

  #page(query: URLSearchParams): unknown {
    const page = countOf(query, 'page', 0);
    const size = Math.min(Math.max(1, countOf(query, 'size', DEFAULT_SIZE)), this.highestSize);
    const matching = select(this.#applications, query);
    const content = matching.slice(page * size, (page + 1) * size);
    const hasNext = (page + 1) * size < matching.length;
    return {
      totalElements: matching.length,
      totalPages: Math.ceil(matching.length / size),
      number: page,
      numberOfElements: content.length,
      hasNext: this.#saidOf(hasNext),
      content,
    };
  }

  #saidOf(hasNext: boolean): boolean {
    this.#pagesGiven += 1;
    if (this.hasNext === 'TRUE') return true;
    return this.hasNext === 'SOMETIMES_WRONG' && this.#pagesGiven % 3 === 0 ? !hasNext : hasNext;
  }
}

/** Only what `records()` gave is ever restored: the parts that every step needs are looked at. */
function isApplication(record: unknown): record is SandboxApplication {
  if (typeof record !== 'object' || record === null) return false;
  const { id, statusHistory, entities } = record as Partial<SandboxApplication>;
  return typeof id === 'string' && Array.isArray(statusHistory) && Array.isArray(entities);
}

function countOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name) ?? String(fallback);
  if (!/^\d{1,9}$/.test(text)) throw new BadParameter(name);
  return Number(text);
}
