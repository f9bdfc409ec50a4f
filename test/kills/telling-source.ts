import { verificationId } from '#kyc/id';
import { sourceId } from '#kyc/source-id';
import { seededUuid } from '#sources/sandbox-seed';
import { type SandboxAnswer, type SandboxCall, SandboxServer } from '#sources/sandbox-server';

import { found } from '../harness/bench.ts';

const UPVEST = sourceId('UPVEST');
const CHECKS_PER_USER = 5;
const WORDS = ['IN_PROGRESS', 'PASSED', 'PENDING', 'FAILED'];
/** What the shortest word can be written in: no state of a check is said twice. */
export const MOST_STATES = WORDS.length * 2 ** 'PASSED'.length;
const FIRST_MS = Date.UTC(2026, 0, 1);

/** A check, each state in words of its own. */
export interface ToldCheck {
  readonly id: string;
  readonly user_id: string;
  /** As the gateway calls it. */
  readonly verificationId: string;
  /** What its status was, in order. */
  readonly states: string[];
}

/** An event of one state. */
export interface ToldState {
  readonly id: string;
  readonly check: ToldCheck;
  readonly state: string;
  readonly text: string;
}

/** Upvest with checks that move when they are told to; each move is an event that names its state. */
export class TellingSource {
  readonly checks: readonly ToldCheck[];
  readonly #users: ReadonlyMap<string, readonly ToldCheck[]>;
  readonly #server = new SandboxServer((call) => this.#answer(call));
  #moves = 0;

  constructor(count: number) {
    this.checks = Array.from({ length: count }, (_, index) => {
      const id = seededUuid('told check', index);
      return {
        id,
        user_id: seededUuid('told user', Math.floor(index / CHECKS_PER_USER)),
        verificationId: verificationId('CHECK', UPVEST, id),
        states: [stateOf(0)],
      };
    });
    this.#users = Map.groupBy(this.checks, (check) => check.user_id);
  }

  async start(): Promise<Readonly<Record<string, string>>> {
    return { UPVEST_URL: await this.#server.start(), UPVEST_TOKEN: 'token' };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Null for a check that has no more words. */
  move(check: ToldCheck): ToldState | null {
    if (check.states.length >= MOST_STATES) return null;
    const state = stateOf(check.states.length);
    check.states.push(state);
    this.#moves += 1;
    const id = `e${this.#moves}`;
    const event = {
      id,
      created_at: new Date(FIRST_MS + this.#moves).toISOString(),
      type: 'USER_CHECK.CREATED',
      object: shown(check),
      webhook_id: 'webhook',
    };
    return { id, check, state, text: JSON.stringify(event) };
  }

  /** Every check that ever moved, and its status. */
  held(): readonly (readonly [string, string])[] {
    return this.checks
      .filter(({ states }) => states.length > 1)
      .map(({ id, states }) => [id, states.at(-1) ?? ''] as const);
  }

  #answer({ url }: SandboxCall): SandboxAnswer {
    const [, , user = '', , id] = url.pathname.split('/');
    const held = this.#users.get(user);
    if (held === undefined) return { status: 404, body: {} };
    if (id === undefined) return { status: 200, body: { data: held.map(shown) } };
    return { status: 200, body: shown(found(held.find((check) => check.id === id))) };
  }
}

function shown({ id, user_id, states }: ToldCheck) {
  return { id, user_id, type: 'KYC', status: states.at(-1) };
}

/** One word after the other, each time in other cases: read alike, and told apart. */
function stateOf(number: number): string {
  let bits = Math.floor(number / WORDS.length);
  return (WORDS[number % WORDS.length] ?? '').replaceAll(/[A-Z]/g, (letter) => {
    const isLow = bits % 2 === 1;
    bits = Math.floor(bits / 2);
    return isLow ? letter.toLowerCase() : letter;
  });
}
