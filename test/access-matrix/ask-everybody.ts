import { openGatewayStore } from '#gateway';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';

import { objectOf } from '../end-to-end/compare.ts';
import { createFullWorld } from '../end-to-end/full-world.ts';
import { usersOf } from '../end-to-end/users.ts';
import { type Answer, ask } from '../harness/ask.ts';
import { reveal } from '../harness/reveal.ts';
import { until } from '../harness/until.ts';
import { deliver, signedBody, signedWithTime } from '../harness/webhooks.ts';
import type { World } from '../harness/world.ts';
import { CALLERS, type Caller, createIssuer, type Issuer, WHOLE } from './callers.ts';
import { type IsPersonal, type Outcome, outcomesOf } from './outcomes.ts';
import { type About, operationsOf, ROOTS } from './questions.ts';

type Given = Readonly<Record<string, unknown>>;
type Ask = (operation: string) => Promise<Answer<Given | null>>;
/** Answers by the operation. */
type Asked = ReadonlyMap<string, Answer<Given | null>>;

const SOURCES = rooms.map(({ descriptor }) => descriptor.id);
const WEBHOOK_SECRET = 'a secret of all sources';
const WEBHOOK_SECRETS = Object.fromEntries(SOURCES.map((id) => [`${id}_WEBHOOK_SECRET`, WEBHOOK_SECRET]));
const SECRET = { KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };
/** Enough that every field has a value in somebody's records. */
const PEOPLE = 60;
const USER = 'Query.user';
/** Reads before writes: a reveal among these must not lift what is looked at. */
const OTHERS = Object.keys(ROOTS).filter((root) => root !== USER);

/** A world of which everything was asked by everybody. */
export interface Everybody extends AsyncDisposable {
  /** Of whom it was asked, and beside them of what else. */
  readonly abouts: readonly About[];
  /** By column. */
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>;
  askAs(caller: Caller, operation: string): Promise<Answer<Given | null>>;
}

/** First an open gateway, whose operator sees what stays masked; then the same store where callers say who they are. */
export async function askEverybody(isPersonal: IsPersonal): Promise<Everybody> {
  // By this policy many are approved for a while, and whoever is known at one source must do what that one says.
  const settings = { ...SECRET, ...WEBHOOK_SECRETS, KYC_ROLLUP: 'any' };
  const world = await createFullWorld({ people: PEOPLE, settings, prepare: haveThemUpload });
  const issuer = await createIssuer(world.folder);
  await tellNonsense(world);
  const askAs = async (caller: Caller, operation: string) => {
    const authorization = `Bearer ${await issuer.tokenOf(caller)}`;
    return await ask<Given | null>(world.url, operation, {}, { authorization });
  };
  const userIds = [...new Set((await usersOf(world)).values())];
  const local: Ask = (operation) => world.ask<Given>(operation);
  const { abouts, masked } = await meetPeople(local, userIds, isPersonal);
  const asked = new Map([['local', new Map([...masked, ...(await askOthers(local, abouts))])]]);
  await lockUp(world, issuer, userIds);
  for (const column of ['revealed', WHOLE])
    await reveal(
      <Data>(query: string) => askAs(callerOf(column, ''), query) as Promise<Answer<Data>>,
      userIds,
    );
  for (const column of [WHOLE, ...Object.keys(CALLERS)]) {
    const askOf =
      (user: string): Ask =>
      (operation) =>
        askAs(callerOf(column, user), operation);
    const ofUsers = await Promise.all(abouts.map((about) => askAll(askOf(about.user), [USER], about)));
    const [first] = abouts;
    asked.set(
      column,
      new Map([
        ...ofUsers.flatMap((one) => [...one]),
        ...(await askOthers(askOf(first?.user ?? ''), abouts)),
      ]),
    );
  }
  return {
    abouts,
    outcomes: compareAll(asked, abouts[0]?.user ?? '', isPersonal),
    askAs,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** Every application waits for documents of everybody in it. */
function haveThemUpload(world: World): void {
  const sandbox = world.sandbox('ROCKETKOR');
  const waiting = { status: 'PENDING_DOCUMENTS', docUploadUrl: 'https://upload.example/one' };
  const applications = JSON.parse(JSON.stringify(sandbox.records())) as {
    readonly entities: readonly Given[];
  }[];
  sandbox.restore(
    applications.map((application) => ({
      ...application,
      latestStatus: waiting.status,
      entities: application.entities.map((entity) => ({ ...entity, ...waiting })),
    })),
  );
}

/** Every source tells something that nothing comes of. */
async function tellNonsense(world: World): Promise<void> {
  const told = SOURCES.map((id) => {
    const [one, other] = [signedBody(WEBHOOK_SECRET, 'nonsense'), signedWithTime(WEBHOOK_SECRET, 'nonsense')];
    return deliver(world.url, id.toLowerCase(), { ...one, headers: { ...one.headers, ...other.headers } });
  });
  if ((await Promise.all(told)).some((status) => status !== 200)) throw new Error('A webhook was not taken.');
  await until('it is put aside', async () => {
    const { data } = await world.ask<{ putAsideEvents: { totalCount: number } }>(
      '{ putAsideEvents { totalCount } }',
    );
    return data?.putAsideEvents.totalCount === SOURCES.length;
  });
}

function callerOf(column: string, user: string): Caller {
  const caller = CALLERS[column];
  if (caller === undefined) throw new TypeError('No such caller.');
  return caller(user);
}

async function askAll(asks: Ask, roots: readonly string[], about: About): Promise<Asked> {
  const answers = new Map<string, Answer<Given | null>>();
  for (const root of roots)
    for (const operation of operationsOf(root, about, root === USER))
      answers.set(operation, await asks(operation));
  return answers;
}

async function askOthers(asks: Ask, [first]: readonly About[]): Promise<Asked> {
  if (first === undefined) throw new TypeError('There is nobody to ask about.');
  return await askAll(asks, OTHERS, first);
}

/** Of all people as few as have every field that anybody has, of themselves and of others within. */
async function meetPeople(local: Ask, userIds: readonly string[], isPersonal: IsPersonal) {
  const about = (user: string): About => ({
    user,
    source: '',
    name: '',
    record: '',
    recordSource: '',
    recordName: '',
  });
  const askUsers = async () =>
    new Map(
      (await Promise.all(userIds.map((id) => askAll(local, [USER], about(id))))).flatMap((one) => [...one]),
    );
  const masked = await askUsers();
  await reveal(<Data>(query: string) => local(query) as Promise<Answer<Data>>, userIds);
  const clear = await askUsers();
  const kept = choose([...clear.values()], isPersonal);
  const operations = new Set(kept.flatMap(({ user }) => operationsOf(USER, about(user), true)));
  return { abouts: kept, masked: [...masked].filter(([operation]) => operations.has(operation)) };
}

function choose(answers: readonly Answer<Given | null>[], isPersonal: IsPersonal): readonly About[] {
  const left = answers.map((answer) => {
    const about = aboutOf(objectOf(objectOf(answer.data)['user']));
    const outcomes = outcomesOf('Query', answer, answer, about.user, isPersonal);
    return { about, has: new Set(outcomes.map(({ coordinate, isOthers }) => `${coordinate} ${isOthers}`)) };
  });
  const kept: About[] = [];
  for (const covered = new Set<string>(); ; ) {
    const news = left.map(({ has }) => [...has].filter((one) => !covered.has(one)).length);
    const most = Math.max(...news);
    const best = left[news.indexOf(most)];
    if (best === undefined || most === 0) return kept;
    kept.push(best.about);
    for (const one of best.has) covered.add(one);
  }
}

function aboutOf(user: Given): About {
  const [identity] = user['identities'] as readonly Given[];
  const [record] = objectOf(user['kycRecords'])['nodes'] as readonly Given[];
  return {
    user: String(user['id']),
    source: String(identity?.['source']),
    name: String(identity?.['externalId']),
    record: String(record?.['id']),
    recordSource: String(record?.['source']),
    recordName: String(record?.['externalId']),
  };
}

/** From now on callers say who they are; all these people are granted to the partners. */
async function lockUp(world: World, issuer: Issuer, userIds: readonly string[]): Promise<void> {
  await world.stop();
  const { store } = await openGatewayStore(readSettings({ ...world.environment, ...SECRET }, rooms));
  const grants = ['partner', 'partner+'].flatMap((partner) =>
    userIds.map((value) => ({ partner, kind: 'USER' as const, value })),
  );
  await store.grants.grant(grants, 'test');
  // A partner could never ask for this; if it stood there all the same, it would lift nothing.
  const partner = { kind: 'PARTNER', subject: 'partner+' };
  for (const userId of userIds)
    await store.reveals.reveal(partner, { userId, minutes: 200, reason: 'A test' });
  await store.close();
  await world.start(issuer.settings);
}

function compareAll(asked: ReadonlyMap<string, Asked>, first: string, isPersonal: IsPersonal) {
  const whole = asked.get(WHOLE) ?? new Map<string, Answer<Given | null>>();
  const outcomes = [...asked].map(([column, answers]): [string, readonly Outcome[]] => [
    column,
    [...answers].flatMap(([operation, answer]) => {
      const root = operation.startsWith('mutation') ? 'Mutation' : 'Query';
      const beside = whole.get(operation);
      if (beside === undefined) throw new TypeError('A question was not put to who reads all.');
      const subject = objectOf(objectOf(beside.data)['user'])['id'];
      return outcomesOf(root, answer, beside, typeof subject === 'string' ? subject : first, isPersonal);
    }),
  ]);
  return new Map(outcomes);
}
