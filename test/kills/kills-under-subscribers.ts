import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { openGatewayStore, startGateway } from '#gateway';
import type { StatusChange, UserKycChange } from '#kyc/change';
import { createLogger } from '#log';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';
import { seededRandom } from '#sources/sandbox-seed';
import type { TestDatabase } from '#store/testing/postgres-databases';
import { readLog } from '#store/testing/read-log';

import { ask } from '../harness/ask.ts';
import { readVerifications } from '../harness/seen-in-graph.ts';
import { until } from '../harness/until.ts';
import { type GivenChange, keyOf } from './heard.ts';
import { KilledGateway } from './killed-gateway.ts';
import { ListedSource } from './listed-source.ts';
import { faultsOfHeard, faultsOfListed, faultsOfOrder, faultsOfTold } from './log-faults.ts';
import { type OwedPlan, others, WHOLE } from './subscriber-plans.ts';
import { Subscriber } from './subscribers.ts';
import { MOST_STATES, TellingSource } from './telling-source.ts';
import { ToldInBatches } from './told-in-batches.ts';

const SECRET = 'a secret of the source';
const PACE = {
  UPVEST_WEBHOOK_SECRET: SECRET,
  UPVEST_TIMEOUT_MS: '1000',
  UPVEST_POLL_S: '20',
  UPVEST_POLL_FINAL_S: '20',
  UPVEST_RATE_PER_S: '50',
  ROCKETKOR_SCAN_S: '1',
  LOG_LEVEL: 'error',
};
const QUIET_WITHIN_MS = 600_000;
/** A gateway that gives nothing, since another one that was killed has the leases, is killed all the same. */
const LIFE_AT_MOST_MS = 20_000;
/** Kills are not to fall together with what was heard just before. */
const MOMENT_MS = 50;
const ENOUGH_WITHIN_MS = 3_600_000;

export interface KillsPlan {
  readonly store: 'SQLITE' | 'POSTGRES';
  readonly kills: number;
  /** Changes of records that a subscriber of all is to hear, at least. */
  readonly changes: number;
  /** Pages of a hundred records. */
  readonly pages: number;
  readonly seed: number;
}

export interface KillsReport {
  readonly faults: readonly string[];
  readonly kills: number;
  readonly changes: number;
  /** Of these, heard before the last kill. */
  readonly changesUnderKills: number;
  readonly events: number;
  readonly deliveriesAgain: number;
  readonly readsOfPages: number;
  readonly completedReads: number;
  readonly subscribers: readonly string[];
  readonly seconds: number;
}

/** Gateways that are killed while they take in what two sources say and give it to subscribers, who take up again. */
export class KillsUnderSubscribers implements AsyncDisposable {
  readonly #plan: KillsPlan;
  readonly #random: () => number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kyc-kills-'));
  readonly #listed: ListedSource;
  readonly #telling: TellingSource;
  readonly #stack = new AsyncDisposableStack();
  #environment: Readonly<Record<string, string>> = {};
  #heard = 0;
  #heardUnderKills = 0;
  /** The last outcome that was heard of each record. */
  readonly #outcomes = new Map<string, string | null>();

  private constructor(plan: KillsPlan) {
    this.#plan = plan;
    this.#random = seededRandom(plan.seed);
    this.#listed = new ListedSource(plan.pages);
    this.#telling = new TellingSource(Math.ceil((2 * plan.changes) / MOST_STATES) + 200);
  }

  static async run(plan: KillsPlan): Promise<KillsReport> {
    await using run = new KillsUnderSubscribers(plan);
    return await run.#run();
  }

  async #run(): Promise<KillsReport> {
    const startedMs = performance.now();
    const after = await this.#prepare();
    const gateways = this.#startGateways();
    const [taking, serving] = [gateways[0], gateways.at(-1)] as [KilledGateway, KilledGateway];
    const telling = new ToldInBatches(this.#telling, {
      urlOf: taking.url,
      secret: SECRET,
      random: this.#random,
      mostWaiting: Math.min(1000, this.#plan.changes / 6),
    });
    const { plans, subscribers } = this.#subscribe(serving, after, telling);
    await this.#rage(gateways, telling);
    const faults = await this.#becomeQuiet(telling);
    const shown = await this.#faultsShown(taking);
    const owed = await this.#settle(gateways, plans, subscribers, telling.told);
    return {
      faults: [...faults, ...shown, ...owed, ...telling.refusals.map((status) => `refused with ${status}`)],
      kills: gateways.reduce((sum, { kills }) => sum + kills, 0),
      changes: subscribers[0]?.heard.keys.length ?? 0,
      changesUnderKills: this.#heardUnderKills,
      events: telling.told.size,
      deliveriesAgain: telling.again,
      readsOfPages: this.#listed.reads.length,
      completedReads: this.#listed.completedReads().length,
      subscribers: subscribers.map(summaryOf),
      seconds: Math.round((performance.now() - startedMs) / 1000),
    };
  }

  /** @returns the cursor of a log that is empty */
  async #prepare(): Promise<string> {
    for (const source of [this.#listed, this.#telling]) this.#stack.defer(() => source.close());
    const [listed, telling] = await Promise.all([this.#listed.start(), this.#telling.start()]);
    const own = { DATA_DIR: this.#folder, PORT: '0', ...PACE, ...telling, ...(await this.#place()) };
    this.#environment = { ...own, ...listed };
    const gateway = await startGateway(readSettings(own, rooms), createLogger('silent'));
    const { data } = await ask<{ changeCursor: string }>(gateway.url, '{ changeCursor }', {});
    await gateway.close();
    return data.changeCursor;
  }

  async #place(): Promise<Readonly<Record<string, string>>> {
    if (this.#plan.store === 'SQLITE') return {};
    const { createTestDatabase } = await import('#store/testing/postgres-databases');
    const database: TestDatabase = await createTestDatabase();
    this.#stack.defer(() => database.drop());
    return { DATABASE_URL: database.url, KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };
  }

  /** Two that share PostgreSQL: what is told goes to the first, subscribers to the second. */
  #startGateways(): readonly KilledGateway[] {
    const count = this.#plan.store === 'SQLITE' ? 1 : 2;
    return Array.from({ length: count }, () =>
      this.#stack.use(new KilledGateway(this.#environment, this.#folder, this.#random)),
    );
  }

  #subscribe(gateway: KilledGateway, after: string, telling: ToldInBatches) {
    const few = this.#telling.checks.slice(0, 5).map(({ verificationId }) => verificationId);
    const plans = [WHOLE, ...others(few)];
    const onChange = ({ verificationId = '', sourceStatus, outcome }: GivenChange) => {
      this.#heard += 1;
      if (outcome != null) this.#outcomes.set(verificationId, outcome);
      else telling.hear(verificationId, sourceStatus ?? '');
    };
    const common = { after, urlOf: gateway.url, random: this.#random };
    const subscribers = plans.map((plan) =>
      this.#stack.use(new Subscriber(plan, plan === WHOLE ? { ...common, onChange } : common)),
    );
    return { plans, subscribers };
  }

  /** Until all kills are done and enough was heard. */
  async #rage(gateways: readonly KilledGateway[], telling: ToldInBatches): Promise<void> {
    const { kills, changes } = this.#plan;
    const over = new AbortController();
    const each = Math.ceil(kills / gateways.length);
    const end = async () => {
      await Promise.all(
        gateways.map((gateway) => gateway.dieRepeatedly(each, () => this.#life(changes / each))),
      );
      this.#heardUnderKills = this.#heard;
      await until('enough was heard', () => this.#heard >= changes, ENOUGH_WITHIN_MS);
      over.abort();
    };
    await Promise.all([telling.run(over.signal), telling.run(over.signal), end()]);
    this.#listed.isMoving = false;
  }

  /** A random time: until so many changes were heard, on the average. */
  async #life(changes: number): Promise<void> {
    const end = this.#heard + 2 * changes * this.#random();
    const atLatestMs = performance.now() + LIFE_AT_MOST_MS;
    await until(
      'enough was heard',
      () => this.#heard >= end || performance.now() > atLatestMs,
      2 * LIFE_AT_MOST_MS,
    );
    await delay(this.#random() * MOMENT_MS);
  }

  /** Whatever is at the sources now is heard. */
  async #becomeQuiet(telling: ToldInBatches): Promise<readonly string[]> {
    const isHeard = () =>
      telling.isHeard &&
      this.#listed.pages.every((rows, page) =>
        rows.every(({ verificationId: id }) => this.#outcomes.get(id) === this.#listed.outcome(page)),
      );
    return await until('all was heard', isHeard, QUIET_WITHIN_MS).then(
      () => [],
      (error: Error) => [error.message],
    );
  }

  /** What the graph shows is what the sources hold. */
  async #faultsShown(gateway: KilledGateway): Promise<readonly string[]> {
    const records = await readVerifications(await gateway.url());
    const shown = new Map(records.map(({ externalId, sourceStatus }) => [externalId, sourceStatus]));
    return [...this.#telling.held(), ...this.#listed.held()].flatMap(([id, word]) =>
      shown.get(id) === word ? [] : [`${id} is shown as ${shown.get(id)}, and is ${word}`],
    );
  }

  /** The log as the gateways leave it; once one is there again every subscriber comes to have all of it. */
  async #settle(
    gateways: readonly KilledGateway[],
    plans: readonly OwedPlan[],
    subscribers: readonly Subscriber[],
    told: ToldInBatches['told'],
  ): Promise<readonly string[]> {
    const codes = await Promise.all(gateways.map((gateway) => gateway.stop()));
    const log = await this.#readLog();
    const owed = plans.map(({ isOwed }) => log.filter(isOwed).map((row) => keyOf(row)));
    for (const gateway of gateways) gateway.start();
    const isComplete = () =>
      subscribers.every(({ heard }, at) => heard.keys.length >= (owed[at]?.length ?? 0));
    // Whoever does not come so far is found below.
    await until('everybody heard all', isComplete, QUIET_WITHIN_MS).catch(() => undefined);
    const rows = Map.groupBy(
      log.filter((row) => 'verificationId' in row),
      ({ verificationId }) => verificationId,
    );
    return [
      ...codes.filter((code) => code !== 0).map((code) => `ended with ${code}`),
      ...gateways.flatMap(({ complaints }) => complaints),
      ...log.flatMap(({ position }, at) => (position === at + 1 ? [] : [`${position} stands at ${at + 1}`])),
      ...faultsOfOrder(rows),
      ...faultsOfTold(rows, this.#telling, told),
      ...faultsOfListed(rows, this.#listed),
      ...subscribers.flatMap(({ plan: { name }, heard }, at) => faultsOfHeard(name, heard, owed[at] ?? [])),
    ];
  }

  async #readLog(): Promise<readonly (StatusChange | UserKycChange)[]> {
    const { store } = await openGatewayStore(readSettings(this.#environment, rooms));
    try {
      return await readLog(store);
    } finally {
      await store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function summaryOf({ plan, heard }: Subscriber): string {
  const { keys, connections, timesGoneBack, repeated } = heard;
  const back = timesGoneBack === 0 ? '' : `, gone back ${timesGoneBack} times (${repeated} came again)`;
  return `${plan.name}: ${keys.length} over ${connections} connections${back}`;
}
