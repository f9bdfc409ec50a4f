import { randomUUID } from 'node:crypto';

import type { SandboxDelivery, SandboxFault, SandboxPerson, SourceSandbox } from '#sources/sandbox';
import { pick, seededRandom } from '#sources/sandbox-seed';
import {
  type ReceivedCall,
  type SandboxAnswer,
  type SandboxCall,
  SandboxServer,
} from '#sources/sandbox-server';
import { signBody } from '#sources/webhook-proof';

import { UPVEST } from './normalize.ts';
import { createChecks, type SandboxCheck, userIdOf } from './sandbox-checks.ts';
import { SandboxSignatures } from './sandbox-signatures.ts';

const CLIENT_ID = 'ebabcf4d-61c3-4942-875c-e265a7c2d062';
const CLIENT_SECRET = 'sandbox-secret';
const WEBHOOK_ID = '1b097e06-8a14-4181-b72a-de0972a3c57b';
const TOKEN_PATH = '/auth/token';
const TOKEN_LIFETIME_S = 3600;

/** Where a check goes next: decided, or looked at again. Words that are not here never move. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['IN_PROGRESS', 'PASSED'],
  IN_PROGRESS: ['PASSED', 'PASSED', 'PASSED', 'FAILED'],
  PASSED: ['IN_PROGRESS', 'IN_PROGRESS', 'IN_PROGRESS', 'FAILED'],
  FAILED: ['PENDING'],
};

/** Upvest's checks API, the part that reads, with its token endpoint. */
export class UpvestSandbox implements SourceSandbox {
  readonly source = UPVEST;
  readonly #server = new SandboxServer(
    (call) => this.#answer(call),
    (url) => url.pathname === TOKEN_PATH,
  );
  #users: Map<string, SandboxCheck[]>;
  readonly #tokens = new Set<string>();
  readonly #random = seededRandom(1);
  #signatures: SandboxSignatures | null = null;
  #tell: (check: SandboxCheck) => void = () => {};

  constructor(people: readonly SandboxPerson[]) {
    const known = people.filter((person) => person.sources.includes(UPVEST));
    this.#users = new Map(known.map((person) => [userIdOf(person), createChecks(person)]));
  }

  async start(): Promise<Readonly<Record<string, string>>> {
    const url = await this.#server.start();
    return {
      UPVEST_URL: url,
      UPVEST_TOKEN_URL: `${url}${TOKEN_PATH}`,
      UPVEST_CLIENT_ID: CLIENT_ID,
      UPVEST_CLIENT_SECRET: CLIENT_SECRET,
    };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  externalUserIdOf(person: SandboxPerson): string | null {
    return person.sources.includes(UPVEST) ? userIdOf(person) : null;
  }

  credentialOf(): null {
    return null;
  }

  records(): readonly SandboxCheck[] {
    return [...this.#users.values()].flat();
  }

  /** Moves one to three checks. */
  move(): void {
    const movable = this.records().filter(
      (check) => typeof check.status === 'string' && check.status in NEXT,
    );
    for (let left = 1 + Math.floor(this.#random() * 3); left > 0 && movable.length > 0; left -= 1) {
      const open = movable.filter(({ status }) => status !== 'PASSED' && status !== 'FAILED');
      const check = pick(open.length > 0 && this.#random() < 0.6 ? open : movable, this.#random);
      this.setStatus(check.id, pick(NEXT[String(check.status)] ?? [], this.#random));
      movable.splice(movable.indexOf(check), 1);
    }
  }

  restore(records: readonly unknown[]): void {
    this.#users = Map.groupBy(structuredClone(records).filter(isCheck), (check) => check.user_id);
  }

  /** Gives a check another status; a decision is confirmed now. */
  setStatus(checkId: string, status: string): void {
    const check = this.records().find(({ id }) => id === checkId);
    if (check === undefined) throw new RangeError('The sandbox has no such check.');
    check.status = status;
    if (status === 'PASSED' || status === 'FAILED') {
      check.check_confirmed_at = Temporal.Now.instant().toString({ smallestUnit: 'second' });
    }
    this.#tell(check);
  }

  tellTo(secret: string, send: (delivery: SandboxDelivery) => void): void {
    this.#tell = (check) => {
      const event = {
        id: randomUUID(),
        created_at: Temporal.Now.instant().toString({ smallestUnit: 'nanosecond' }),
        type: `USER_CHECK.${check.status === 'PASSED' || check.status === 'FAILED' ? check.status : 'CREATED'}`,
        object: check,
        webhook_id: WEBHOOK_ID,
      };
      const body = JSON.stringify(event);
      send({ headers: signBody(secret, body), body });
    };
  }

  /** Adds a check as it would be sent, whatever is in it; its user comes into being with it. */
  add(userId: string, check: SandboxCheck): void {
    this.#users.set(userId, [...(this.#users.get(userId) ?? []), check]);
  }

  remove(checkId: string): void {
    for (const [userId, checks] of this.#users) {
      this.#users.set(
        userId,
        checks.filter(({ id }) => id !== checkId),
      );
    }
  }

  /** Makes every access token given so far worthless. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** From now on every request, for tokens too, must be signed by this key under this id; else 401. */
  requireSignature(publicKeyPem: string, keyId: string): void {
    this.#signatures = new SandboxSignatures(publicKeyPem, keyId, { unauthorized: TOKEN_PATH });
  }

  get fault(): SandboxFault {
    return this.#server.fault;
  }

  set fault(fault: SandboxFault) {
    this.#server.fault = fault;
  }

  get requests() {
    return this.#server.requests;
  }

  get tokenRequests(): number {
    return this.#server.tokenRequests;
  }

  #answer(call: ReceivedCall): SandboxAnswer {
    if (this.#signatures?.refuses(call) === true) return problem(401, 'Unauthorized');
    if (call.headers['upvest-client-id'] !== CLIENT_ID) return problem(401, 'Unauthorized');
    if (call.url.pathname === TOKEN_PATH) return this.#giveToken(call);
    const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1];
    if (token === undefined || !this.#tokens.has(token)) return problem(401, 'Unauthorized');
    const [users, userId, checks, checkId, ...more] = call.url.pathname
      .split('/')
      .slice(1)
      .map(decodeURIComponent);
    const isCheckPath = users === 'users' && checks === 'checks' && more.length === 0;
    const held = this.#users.get(userId ?? '');
    if (!isCheckPath || held === undefined) return problem(404, 'Not Found');
    if (call.method !== 'GET') return problem(405, 'Method Not Allowed');
    if (checkId === undefined) return { status: 200, body: { data: held } };
    const check = held.find(({ id }) => id === checkId);
    return check === undefined ? problem(404, 'Not Found') : { status: 200, body: check };
  }

  #giveToken({ method, body, headers }: SandboxCall): SandboxAnswer {
    const form = new URLSearchParams(body);
    const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
    const proves = headers.authorization === `Basic ${basic}` || form.get('client_secret') === CLIENT_SECRET;
    if (method !== 'POST' || form.get('grant_type') !== 'client_credentials')
      return problem(400, 'Bad Request');
    if (!proves) return problem(401, 'Unauthorized');
    const token = randomUUID();
    this.#tokens.add(token);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_S } };
  }
}

function isCheck(record: unknown): record is SandboxCheck {
  return typeof record === 'object' && record !== null && 'id' in record && 'user_id' in record;
}

function problem(status: number, title: string): SandboxAnswer {
  return { status, headers: { 'content-type': 'application/problem+json' }, body: { title, status } };
}
