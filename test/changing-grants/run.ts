import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

import { sourceId } from '#kyc/source-id';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';
import { pick, seededRandom } from '#sources/sandbox-seed';
import type { Store } from '#store/store';

import { createIssuer, EVERY_SCOPE } from '../access-matrix/callers.ts';
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
  const gateway = things.use(
    await startSharingGateway(readSettings(settingsIn(folder, issuer.settings), rooms), NOTHING_SHARED),
  );
  const random = seededRandom(seed);
  const people = new People(gateway.store);
  const users = await settle(people, gateway.store);
  const history = new History(stateOf(users));
  const token = await issuer.tokenOf({ sub: 'operator', kind: 'operator', scope: EVERY_SCOPE });
  const operator = new Operator({
    url: gateway.url,
    token,
    people,
    history,
    partners: PARTNERS,
    users,
    restless: RESTLESS,
    random,
  });
  const firstOfAll = people.written.length;

  const faults: string[] = [];
  const subscriptions: Listened[] = [];
  const listen = async (watcher: Watcher, bearer: string, at: number) => {
    for (const [index, field] of (['statusChanged', 'userKycChanged'] as const).entries()) {
      const given: Given[] = [];
      subscriptions.push({ watcher, field, given });
      let afterMs = performance.now();
      const hear = (text: string) => {
        const atMs = performance.now();
        given.push({ text, atMs, afterMs });
        afterMs = atMs;
      };
      const by = (at + index) % 2 === 0 ? listenByEvents : listenBySocket;
      const ended = (why: string) => faults.push(`${watcher.name} ${field}: ${why}`);
      const query = QUERIES[field];
      things.defer(await by({ url: gateway.url, token: bearer, query, hear, ended }));
    }
  };
  for (const [at, partner] of PARTNERS.entries())
    await listen(
      { name: partner, userId: null },
      await issuer.tokenOf({ sub: partner, kind: 'partner', scope: 'kyc:status' }),
      at,
    );
  for (const [at, user] of users.slice(0, END_USERS).entries())
    await listen(
      { name: `end user ${at}`, userId: user },
      await issuer.tokenOf({ sub: `end user ${at}`, kind: 'end_user', scope: 'kyc:status', user }),
      at,
    );
  await listen({ name: 'operator', userId: null, seesAll: true }, token, 0);

  const all = given(subscriptions, 'operator');
  let isWriting = true;
  const write = async () => {
    while (people.written.length - firstOfAll < changes) {
      const left = changes - (people.written.length - firstOfAll);
      const count = Math.min(left, 1 + Math.floor(random() * random() * MOST_AT_ONCE));
      await people.move(someOf(count, random), pick(SOURCES, random));
      // In bursts: what was read ahead for a subscriber is given while grants change.
      const mayBeAhead = random() < 0.1 ? 0 : MOST_AHEAD;
      while (people.written.length - firstOfAll - all.length > mayBeAhead) await turnOfTheLoop();
    }
    isWriting = false;
  };
  const operate = async () => {
    while (isWriting) {
      await operator.move();
      await turns(random() * 20);
    }
  };
  await Promise.all([write(), operate()]);

  // Something that all of them see comes last, so that all before it was passed.
  for (const partner of PARTNERS) await operator.grant(partner, { source: SOURCES[0] });
  const everybody = users.map((_, at) => at);
  const before = people.written.length;
  await people.move(everybody, SOURCES[0]);
  const last = people.written.slice(before);
  await until(
    'all were told of the last',
    () => faults.length > 0 || subscriptions.every(hears(last)),
    120_000,
  );

  const judge = new Judge(history, people.written.slice(firstOfAll));
  for (const subscription of subscriptions) judge.look(subscription);
  return {
    ...judge.verdict,
    told: [...faults, ...judge.verdict.told],
    changes: people.written.length - firstOfAll,
    subscribers: subscriptions.length,
    moves: operator.counts,
  };
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
  const persons = Array.from({ length: PEOPLE }, (_, at) => at);
  for (const source of SOURCES) await people.move(persons, source);
  const lists = persons.map((person) =>
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

function given(subscriptions: readonly Listened[], name: string): readonly Given[] {
  const of = ({ watcher, field }: Listened) => watcher.name === name && field === 'statusChanged';
  return subscriptions.find(of)?.given ?? [];
}

function someOf(count: number, random: () => number): readonly number[] {
  const persons = Array.from({ length: PEOPLE }, (_, at) => at);
  return persons
    .map((person) => ({ person, by: random() }))
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
