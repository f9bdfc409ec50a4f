import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expiryAfter, makeApiKey } from '#access/api-key';
import { openGatewayStore } from '#gateway';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';
import { seededRandom } from '#sources/sandbox-seed';
import { createTestDatabase } from '#store/testing/postgres-databases';
import { readLog } from '#store/testing/read-log';

import { ask } from '../harness/ask.ts';
import { startTcpBalancer } from '../harness/tcp-balancer.ts';
import { until } from '../harness/until.ts';
import { type GivenChange, keyOf } from './heard.ts';
import { KilledGateway } from './killed-gateway.ts';
import { faultsOfHeard, faultsOfOrder, faultsOfTold } from './log-faults.ts';
import { others, WHOLE } from './subscriber-plans.ts';
import { Subscriber } from './subscribers.ts';
import { TellingSource } from './telling-source.ts';
import { ToldInBatches } from './told-in-batches.ts';

const SECRET = 'a secret of the source';
const CHECKS = 80;
const MOST_WAITING = 100;
const PATIENCE_MS = 60_000;

type Settings = Readonly<Record<string, string>>;

/**
 * Two gateways on one PostgreSQL behind one address, a source that tells that address of its moves, and subscribers who
 * come by it, and come again when they are cut off.
 */
export class BalancedGateways implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #source = new TellingSource(CHECKS);
  readonly #plans = [WHOLE, ...others(this.#source.checks.slice(0, 3).map((check) => check.verificationId))];
  readonly #random = seededRandom(7);
  readonly #gateways: KilledGateway[] = [];
  readonly #subscribers: Subscriber[] = [];
  readonly #over = new AbortController();
  #settings: Settings = {};
  #telling: ToldInBatches | null = null;
  #tellers: Promise<unknown> = Promise.resolve();

  static async start(): Promise<BalancedGateways> {
    const gateways = new BalancedGateways();
    try {
      await gateways.#start();
      return gateways;
    } catch (error) {
      await gateways[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'kyc-balanced-'));
    this.#stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const database = await createTestDatabase();
    this.#stack.defer(() => database.drop());
    this.#stack.defer(() => this.#source.close());
    const balancer = await startTcpBalancer(() => this.#gateways.flatMap(({ port }) => port ?? []));
    this.#stack.use(balancer);
    const ownSettings = {
      DATABASE_URL: database.url,
      KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      DATA_DIR: folder,
      PORT: '0',
      LOG_LEVEL: 'error',
      AUTH: 'required',
      ALLOWED_HOSTS: `127.0.0.1:${balancer.port}`,
      UPVEST_WEBHOOK_SECRET: SECRET,
      UPVEST_TIMEOUT_MS: '1000',
    };
    this.#settings = { ...ownSettings, ...(await this.#source.start()) };
    const authorization = `Bearer ${await addKey(this.#settings)}`;
    for (let count = 0; count < 2; count += 1)
      this.#gateways.push(this.#stack.use(new KilledGateway(this.#settings, folder, this.#random)));
    await Promise.all(this.#gateways.map((gateway) => gateway.url()));
    await this.#follow(`http://127.0.0.1:${balancer.port}/graphql`, authorization);
  }

  async #follow(url: string, authorization: string): Promise<void> {
    const common = { urlOf: async () => url, random: this.#random };
    const telling = new ToldInBatches(this.#source, { ...common, secret: SECRET, mostWaiting: MOST_WAITING });
    const { data } = await ask<{ changeCursor: string }>(url, '{ changeCursor }', {}, { authorization });
    for (const plan of this.#plans) {
      const onChange = ({ verificationId = '', sourceStatus }: GivenChange) => {
        if (plan === WHOLE) telling.hear(verificationId, sourceStatus ?? '');
      };
      const from = { ...common, authorization, after: data.changeCursor, onChange };
      this.#subscribers.push(this.#stack.use(new Subscriber({ ...plan, goesBack: false }, from)));
    }
    this.#telling = telling;
    this.#tellers = telling.run(this.#over.signal);
  }

  /** How often all subscribers were connected. */
  get connections(): number {
    return this.#subscribers.reduce((sum, { heard }) => sum + heard.connections, 0);
  }

  /** Waits until every change of so many more was heard by who hears all of them. */
  async hearMore(count: number): Promise<void> {
    const heard = this.#subscribers[0]?.heard.keys ?? [];
    const least = heard.length + count;
    await until('more is heard', () => heard.length >= least, PATIENCE_MS);
  }

  /** Ends one as an operator does, and puts another in its place. @returns how long it took to end, in milliseconds */
  async replace(index: number): Promise<number> {
    const gateway = this.#gatewayAt(index);
    const askedMs = performance.now();
    const code = await gateway.stop();
    const tookMs = performance.now() - askedMs;
    if (code !== 0) throw new Error(`The gateway ended with ${code}.`);
    gateway.start();
    await gateway.url();
    return tookMs;
  }

  /** Nothing comes in its place. */
  async kill(index: number): Promise<void> {
    await this.#gatewayAt(index)[Symbol.asyncDispose]();
  }

  /** Lets the source come to rest, and says what anybody did not hear, or heard out of turn. */
  async faults(): Promise<readonly string[]> {
    this.#over.abort();
    await this.#tellers;
    const telling = this.#telling;
    if (telling === null) throw new TypeError('It was not started.');
    await until('all that was told was heard', () => telling.isHeard, PATIENCE_MS).catch(() => undefined);
    const log = await readWholeLog(this.#settings);
    const owed = this.#plans.map(({ isOwed }) => log.filter(isOwed).map((row) => keyOf(row)));
    const isComplete = () =>
      this.#subscribers.every(({ heard }, at) => heard.keys.length >= (owed[at]?.length ?? 0));
    await until('everybody heard all', isComplete, PATIENCE_MS).catch(() => undefined);
    const ofRecords = log.filter((row) => 'verificationId' in row);
    const rows = Map.groupBy(ofRecords, ({ verificationId }) => verificationId);
    return [
      ...faultsOfOrder(rows),
      ...faultsOfTold(rows, this.#source, telling.told),
      ...telling.refusals.map((status) => `a delivery was refused with ${status}`),
      ...this.#gateways.flatMap(({ complaints }) => complaints),
      ...this.#subscribers.flatMap(({ plan, heard }, at) => faultsOfHeard(plan.name, heard, owed[at] ?? [])),
    ];
  }

  #gatewayAt(index: number): KilledGateway {
    const gateway = this.#gateways[index];
    if (gateway === undefined) throw new RangeError('There is no such gateway.');
    return gateway;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#tellers.catch(() => undefined);
    await this.#stack.disposeAsync();
  }
}

/** Makes a key in the store, as the command does. */
async function addKey(settings: Settings): Promise<string> {
  const { store } = await openGatewayStore(readSettings(settings, rooms));
  const { text, id, secretHash } = makeApiKey();
  const caller = { kind: 'ANALYST', subject: 'ann', scopes: ['kyc:status'] } as const;
  await store.apiKeys.add({ id, secretHash, ...caller, expiresAt: expiryAfter(1) });
  await store.close();
  return text;
}

async function readWholeLog(settings: Settings) {
  const { store } = await openGatewayStore(readSettings(settings, rooms));
  try {
    return await readLog(store);
  } finally {
    await store.close();
  }
}
