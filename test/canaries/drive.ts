import { operationsOf, ROOTS } from '../access-matrix/questions.ts';
import { until } from '../harness/until.ts';
import type { Canary, Searched } from './canaries.ts';
import { CanaryRun } from './canary-run.ts';
import { prepare, runCommands } from './commands.ts';
import { misask, misconfigure } from './misuse.ts';
import type { Mood } from './source-front.ts';
import { callWebhooks } from './webhooks.ts';

export interface DrivePlan {
  readonly store: 'SQLITE' | 'POSTGRES';
  readonly people: number;
  /** How many of them everything is asked about by everybody. */
  readonly askedAbout: number;
  readonly moods: readonly Mood[];
  /** Every fault of the simulators, every command, wrong settings, kills and other ends too. */
  readonly isWhole: boolean;
}
export interface Driven extends Searched {
  readonly answers: number;
  readonly refused: number;
  readonly logLines: number;
  readonly moods: ReadonlyMap<Mood, number>;
}

const FAULTS = ['DOWN', 'SLOW', 'WRONG', 'HALF', 'UNAVAILABLE', 'LIMITED'] as const;
const QUICK = Object.fromEntries(
  ['FINOGATES', 'FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'].map((id) => [`${id}_TIMEOUT_MS`, '1500']),
);
/** Columns of the matrix: who is given nothing in clear, and who is. */
const MASKED = ['analyst+', 'partner+', 'operator+'];
const CLEAR = ['operator+ revealed', 'revealed'];
/** Of an end user's own, beside what the person is made of. */
const OWN_KINDS = new Set(['address_line2', 'postcode', 'state', 'docUploadUrl']);

interface Person {
  readonly id: string;
  readonly number: number;
  readonly identity: { readonly source: string; readonly externalId: string };
  readonly record: { readonly id: string; readonly source: string; readonly externalId: string } | null;
}

/** Runs gateways and commands as processes of their own, has all that there is asked, refused and broken, and looks through it. */
export async function driveWithCanaries(plan: DrivePlan): Promise<Driven> {
  await using run = await CanaryRun.create(plan.people, plan.store);
  run.environment = { ...run.environment, ...QUICK };
  return await new Drive(run, plan).whole();
}

class Drive {
  readonly #run: CanaryRun;
  readonly #plan: DrivePlan;
  readonly #tokens = new Map<string, string>();
  #url = '';
  #answers = 0;
  #refused = 0;
  #logLines = 0;

  constructor(run: CanaryRun, plan: DrivePlan) {
    this.#run = run;
    this.#plan = plan;
  }

  async whole(): Promise<Driven> {
    const { isWhole } = this.#plan;
    const run = this.#run;
    if (isWhole) await misconfigure(run);
    this.#tokens.set('key', await prepare(run));
    if (isWhole) await this.#startOnTrouble();
    const gateway = await run.start();
    this.#url = gateway.url;
    const people = await this.#meetPeople();
    await this.#askEverything(people);
    await this.#breakSources(people);
    this.#refused += await misask(run, this.#url, await this.#token('operator+'));
    await callWebhooks(run, this.#url, people);
    await this.#eraseAndPart(people);
    await run.hearStore('while it runs');
    this.#logLines += (await gateway.end(isWhole ? 'SIGKILL' : 'SIGTERM')).logLines;
    await run.hearStore('after its end');
    if (isWhole) await this.#afterwards();
    const moods = new Map<Mood, number>();
    for (const { answered } of run.fronts)
      for (const [mood, count] of answered) moods.set(mood, (moods.get(mood) ?? 0) + count);
    return {
      ...run.search(),
      answers: this.#answers,
      refused: this.#refused,
      logLines: this.#logLines,
      moods,
    };
  }

  /** The first sync meets sources at their worst. */
  async #startOnTrouble(): Promise<void> {
    const { fronts } = this.#run;
    this.#run.mood('BAD_TYPES');
    const gateway = await this.#run.start();
    const wasAsked = () => fronts.every(({ answered }) => (answered.get('BAD_TYPES') ?? 0) > 0);
    await until('every source was asked', wasAsked, 120_000);
    this.#logLines += (await gateway.end('SIGTERM')).logLines;
    this.#run.mood('HONEST');
  }

  async #token(column: string, user = ''): Promise<string> {
    const name = `${column} ${user}`;
    const token = this.#tokens.get(name) ?? (await this.#run.tokenOf(column, user));
    this.#tokens.set(name, token);
    return token;
  }

  async #ask(column: string, query: string, variables: unknown = {}, of: Person | null = null) {
    this.#answers += 1;
    const token = column === 'key' ? (this.#tokens.get('key') ?? '') : await this.#token(column, of?.id);
    const mayHold = ({ kind, person }: Canary) => {
      if (kind.startsWith('secret')) return false;
      if (CLEAR.includes(column)) return true;
      return of !== null && (person === of.number || OWN_KINDS.has(kind));
    };
    const answer = await this.#run.ask(
      this.#url,
      {
        where: column,
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      },
      mayHold,
    );
    this.#refused += answer.codes.length > 0 ? 1 : 0;
    return answer;
  }

  /** All people, once everything is read; those with the most records first. */
  async #meetPeople(): Promise<readonly Person[]> {
    const { world } = this.#run;
    const wanted = [...world.sandboxes.values()].reduce((sum, sandbox) => sum + sandbox.records().length, 0);
    await until(
      'all is read',
      async () => {
        const { data } = await this.#ask('operator+', '{ verifications(first: 0) { totalCount } }');
        return Number((data?.['verifications'] as { totalCount?: number } | undefined)?.totalCount) >= wanted;
      },
      120_000,
    );
    const people: Person[] = [];
    for (const person of world.people) {
      const [identity] = world.identitiesOf(person);
      if (identity === undefined) continue;
      const query = `query ($source: Source!, $externalId: ID!) { user: userByIdentity(source: $source, externalId: $externalId, freshness: STORED) {
        id verifications(first: 1) { nodes { id source externalId } } } }`;
      const { data } = await this.#ask('operator+', query, identity);
      const user = data?.['user'] as {
        id: string;
        verifications: { nodes: NonNullable<Person['record']>[] };
      };
      people.push({
        id: user.id,
        number: person.number,
        identity,
        record: user.verifications.nodes[0] ?? null,
      });
    }
    const breadth = ({ number }: Person) =>
      world.people.find((one) => one.number === number)?.sources.length ?? 0;
    return people.toSorted((one, other) => breadth(other) - breadth(one));
  }

  async #askEverything(people: readonly Person[]): Promise<void> {
    const some = people.slice(0, this.#plan.askedAbout);
    const reveal = `mutation ($userId: ID!) { revealPersonalData(input: { userId: $userId, reason: "A test", minutes: 200 }) { errors { code } } }`;
    for (const { id } of people) for (const column of CLEAR) await this.#ask(column, reveal, { userId: id });
    for (const person of some) {
      const { id: user, identity, record } = person;
      const about = {
        user,
        source: identity.source,
        name: identity.externalId,
        record: record?.id ?? '',
        recordSource: record?.source ?? 'FINX',
        recordName: record?.externalId ?? '',
      };
      const operations = Object.keys(ROOTS).flatMap((root) => operationsOf(root, about, true));
      for (const operation of operations) {
        // These would read in clear from here on.
        const masked = operation.includes('revealPersonalData') ? [] : MASKED;
        for (const column of [...masked, ...CLEAR, 'key']) await this.#ask(column, operation);
        await this.#ask('own+', operation, {}, person);
      }
    }
    for (const { number } of some) await this.#searchFor(number);
  }

  async #searchFor(number: number): Promise<void> {
    const person = this.#run.world.people.find((one) => one.number === number);
    if (person === undefined) return;
    const { email, documentNumber, givenName, familyName } = person;
    const query =
      'query ($filter: UserFilter) { users(filter: $filter) { totalCount nodes { person { fullName email } } } }';
    const filters = [{ email }, { documentNumber }, { fullName: `${givenName} ${familyName}` }];
    for (const filter of filters)
      for (const column of ['analyst+', 'operator+', 'partner+']) await this.#ask(column, query, { filter });
  }

  /** Each misbehaviour while users are read live, by all kinds of callers. */
  async #breakSources(people: readonly Person[]): Promise<void> {
    const run = this.#run;
    const live = `query ($id: ID!) { user(id: $id, freshness: LIVE) { person { fullName email }
      kyc { sources { source error { code message } } } verifications(first: 5) { nodes { id raw faults { path expected } } } } }`;
    const refresh =
      'mutation ($id: ID!) { refreshUser(input: { id: $id }) { sources { error { message } } errors { message } } }';
    const connect = `mutation ($pat: String!) { connectIdentity(input: { source: SUMVIN, externalId: "somebody", credential: $pat }) { errors { code message } } }`;
    const askAll = async (at: number) => {
      const person = people[at % people.length];
      if (person === undefined) return;
      await Promise.all([
        this.#ask('operator+', live, { id: person.id }),
        this.#ask('analyst+', refresh, { id: person.id }),
        this.#ask('own+', live, { id: person.id }, person),
        this.#ask('operator+', connect, { pat: `pat_fremd_${at}_99aa` }),
        this.#ask('operator+', '{ sources { source health lastError { code message } } }'),
      ]);
    };
    let turn = 0;
    for (; turn < 5; turn += 1) run.keep('a credential that is refused', `pat_fremd_${turn}_99aa`);
    turn = 0;
    for (const mood of this.#plan.moods) {
      run.mood(mood);
      await until(
        `a source was asked in the mood ${mood}`,
        async () => {
          await askAll((turn += 1) % 5);
          return run.fronts.some(({ answered }) => (answered.get(mood) ?? 0) > 0);
        },
        120_000,
      );
    }
    run.mood('HONEST');
    if (!this.#plan.isWhole) return;
    for (const fault of FAULTS) {
      for (const sandbox of run.world.sandboxes.values()) sandbox.fault = fault;
      await askAll((turn += 1) % 5);
    }
    for (const sandbox of run.world.sandboxes.values()) sandbox.fault = 'NONE';
  }

  async #eraseAndPart(people: readonly Person[]): Promise<void> {
    const [one, other, third] = people.toReversed();
    const ids = { one: one?.id, other: other?.id, third: third?.id };
    const operator = async (query: string) => await this.#ask('operator+', query, ids);
    await operator(
      'mutation ($one: ID!) { eraseUser(input: { userId: $one, reason: "A test" }) { receipts { source records } errors { code } } }',
    );
    await operator(
      'mutation ($other: ID!, $third: ID!) { mergeUsers(input: { keepId: $other, mergeId: $third }) { errors { code } } }',
    );
    await operator(
      'mutation ($other: ID!) { grantAccess(input: { partner: "acme", userId: $other }) { errors { code } } }',
    );
    const whole =
      'query ($id: ID!) { user(id: $id, freshness: LIVE) { person { fullName email } verifications(first: 5) { nodes { id raw } } } }';
    for (const column of [...MASKED, 'key'])
      for (const id of Object.values(ids)) await this.#ask(column, whole, { id });
  }

  async #afterwards(): Promise<void> {
    const run = this.#run;
    await runCommands(run);
    const last = await run.start();
    this.#url = last.url;
    await this.#ask('operator+', '{ users(first: 20) { nodes { person { fullName } } } }');
    this.#logLines += (await last.end('SIGTERM')).logLines;
    await run.hearStore('after a change of key');
  }
}
