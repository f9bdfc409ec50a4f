import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

import { sourceId } from '#kyc/source-id';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';
import { pick, seededRandom } from '#sources/sandbox-seed';
import type { Store } from '#store/store';

import { type Caller, createIssuer, EVERY_SCOPE, type Issuer } from '../access-matrix/callers.ts';
import { until } from '../harness/until.ts';
import { NOTHING_SHARED, startSharingGateway } from '../interleaved/sharing-gateway.ts';
import { History } from './history.ts';
import { eventIn, type Given, Judge, keyOf, type Subscription, type Verdict } from './judge.ts';
import { listenByEvents, listenBySocket } from './listener.ts';
import { Operator } from './moves.ts';
import { nameOf, People, SOURCES, type Written } from './people.ts';
import { type Watcher, WorldState } from './world-state.ts';

const PEOPLE = 26;
const END_USERS = 20;
/** The last end users, and those who are none. */
const RESTLESS = Array.from({ length: 12 }, (_, at) => PEOPLE - 12 + at);
const PARTNERS = ['acme', 'globex'];
const MOST_AT_ONCE = 60;
/** How far the writer may be ahead of who sees all, in changes. */
const MOST_AHEAD = 400;

const PERSON = '... on KycRecord { person { fullName } }';
const USER = 'user { id identities { source externalId } }';
const QUERIES = {
  statusChanged: `subscription { statusChanged { verificationId sequence to verification { id externalId ${PERSON} } ${USER} } }`,
  userKycChanged: `subscription { userKycChanged { userId sequence to because { id externalId ${PERSON} } ${USER} } }`,
} as const;

export interface Run extends Verdict {
  readonly changes: number;
  readonly subscribers: number;
  readonly moves: Operator['counts'];
}
interface Listened extends Subscription {
  readonly given: Given[];
}

/**
 * Two partners and twenty end users follow all that they may see, while records change and an operator grants, takes
 * back, parts, joins and merges.
 */
export async function runChangingGrants({ changes, seed }: { changes: number; seed: number }): Promise<Run> {
  await using things = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'kyc-grants-'));
  things.defer(() => rmSync(folder, { recursive: true, force: true }));
  const issuer = await createIssuer(folder);
  const settings = readSettings(settingsIn(folder, issuer.settings), rooms);
  const gateway = things.use(await startSharingGateway(settings, NOTHING_SHARED));
  const people = new People(gateway.store);
  const users = await settle(people, gateway.store);
  const audience = things.use(new Audience(gateway.url, issuer));
  await audience.gather(users);
  const show = new Show({ url: gateway.url, people, users, audience, random: seededRandom(seed) });
  const moves = await show.run(changes, await issuer.tokenOf(OPERATOR));
  return { ...show.judged(), changes: show.changes, subscribers: audience.subscriptions.length, moves };
}
const OPERATOR = { sub: 'operator', kind: 'operator', scope: EVERY_SCOPE } as const;
const EVERYBODY = Array.from({ length: PEOPLE }, (_, at) => at);

/** All who subscribed, and what they were given. */
class Audience implements AsyncDisposable {
  readonly subscriptions: Listened[] = [];
  /** Of those that ended by themselves. */
  readonly faults: string[] = [];
  readonly #url: string;
  readonly #issuer: Issuer;
  readonly #things = new AsyncDisposableStack();

  constructor(url: string, issuer: Issuer) {
    this.#url = url;
    this.#issuer = issuer;
  }

  async gather(users: readonly string[]): Promise<void> {
    const scope = 'kyc:status';
    for (const name of PARTNERS)
      await this.#listen({ name, userId: null }, { sub: name, kind: 'partner', scope });
    for (const [at, user] of users.slice(0, END_USERS).entries()) {
      const name = `end user ${at}`;
      await this.#listen({ name, userId: user }, { sub: name, kind: 'end_user', scope, user });
    }
    await this.#listen({ name: 'operator', userId: null, seesAll: true }, OPERATOR);
  }

  async #listen(watcher: Watcher, caller: Caller): Promise<void> {
    const token = await this.#issuer.tokenOf(caller);
    for (const field of ['statusChanged', 'userKycChanged'] as const) {
      const given: Given[] = [];
      // Each field by both, over all callers.
      const by =
        this.subscriptions.length % 4 < 2 === (field === 'statusChanged') ? listenByEvents : listenBySocket;
      this.subscriptions.push({ watcher, field, given });
      let afterMs = performance.now();
      const hear = (text: string) => {
        const atMs = performance.now();
        given.push({ text, atMs, afterMs });
        afterMs = atMs;
      };
      const ended = (why: string) => this.faults.push(`${watcher.name} ${field}: ${why}`);
      this.#things.defer(await by({ url: this.#url, token, query: QUERIES[field], hear, ended }));
    }
  }

  /** How much who sees all was told. */
  get toldToAll(): number {
    const ofAll = ({ watcher, field }: Listened) => watcher.seesAll === true && field === 'statusChanged';
    return this.subscriptions.find(ofAll)?.given.length ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}

interface Cast {
  readonly url: string;
  readonly people: People;
  readonly users: readonly string[];
  readonly audience: Audience;
  readonly random: () => number;
}

/** What the audience is to be told of: a writer and an operator, each at their own pace. */
class Show {
  readonly #cast: Cast;
  readonly #history: History;
  readonly #first: number;
  #isWriting = true;

  constructor(cast: Cast) {
    this.#cast = cast;
    this.#history = new History(stateOf(cast.users));
    this.#first = cast.people.written.length;
  }

  get changes(): number {
    return this.#cast.people.written.length - this.#first;
  }

  async run(changes: number, token: string): Promise<Operator['counts']> {
    const parts = { token, history: this.#history, partners: PARTNERS, restless: RESTLESS };
    const operator = new Operator({ ...this.#cast, ...parts });
    await Promise.all([this.#write(changes), this.#operate(operator)]);
    // Something that all of them see comes last, so that all before it was passed.
    for (const partner of PARTNERS) await operator.grant(partner, { source: SOURCES[0] });
    await this.#sayLast();
    return operator.counts;
  }

  judged(): Verdict {
    const { people, audience } = this.#cast;
    const judge = new Judge(this.#history, people.written.slice(this.#first));
    for (const subscription of audience.subscriptions) judge.look(subscription);
    return { ...judge.verdict, told: [...audience.faults, ...judge.verdict.told] };
  }

  async #write(changes: number): Promise<void> {
    const { people, audience, random } = this.#cast;
    while (this.changes < changes) {
      const count = Math.min(changes - this.changes, 1 + Math.floor(random() * random() * MOST_AT_ONCE));
      await people.move(someOf(count, random), pick(SOURCES, random));
      // In bursts: what was read ahead for a subscriber is given while grants change.
      const mayBeAhead = random() < 0.1 ? 0 : MOST_AHEAD;
      while (this.changes - audience.toldToAll > mayBeAhead) await turnOfTheLoop();
    }
    this.#isWriting = false;
  }

  async #operate(operator: Operator): Promise<void> {
    while (this.#isWriting) {
      await operator.move();
      await turns(this.#cast.random() * 20);
    }
  }

  async #sayLast(): Promise<void> {
    const { people, audience } = this.#cast;
    const before = people.written.length;
    await people.move(EVERYBODY, SOURCES[0]);
    const hearsLast = hears(people.written.slice(before));
    const { faults, subscriptions } = audience;
    await until('all have heard', () => faults.length > 0 || subscriptions.every(hearsLast), 120_000);
  }
}

function settingsIn(folder: string, issuer: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...issuer,
    DATA_DIR: folder,
    KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    // Never asked: there has to be a source where callers are asked who they are.
    FINX_URL: 'http://127.0.0.1:9',
    FINX_TOKEN: 'none',
    PORT: '0',
  };
}

/** Everybody with a record at each source, each source's name joined to the others. @returns their ids */
async function settle(people: People, store: Store): Promise<readonly string[]> {
  for (const source of SOURCES) await people.move(EVERYBODY, source);
  const lists = EVERYBODY.map((person) =>
    SOURCES.map((source) => {
      const [id = '', externalId = ''] = nameOf(person, source).split(' ');
      return { source: sourceId(id), externalId };
    }),
  );
  const linked = await store.linkIdentities(lists, 'test');
  return linked.map(({ userId }) => userId ?? '');
}

function stateOf(users: readonly string[]): WorldState {
  const owners = users.flatMap((user, at) => SOURCES.map((source) => [nameOf(at, source), user] as const));
  return new WorldState(new Map(owners));
}

function someOf(count: number, random: () => number): readonly number[] {
  return EVERYBODY.map((person) => ({ person, by: random() }))
    .toSorted((one, other) => one.by - other.by)
    .slice(0, count)
    .map(({ person }) => person);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await turnOfTheLoop();
}

/** True of who was told of any of these. Of answers more may come, or not. */
function hears(last: readonly Written[]): (subscription: Listened) => boolean {
  const keys = new Set(last.map(keyOf));
  return ({ field, given: heard }) =>
    field === 'userKycChanged' ||
    heard.slice(-PEOPLE).some(({ text }) => keys.has(keyOf(eventIn(text, field) ?? { sequence: 0 })));
}
