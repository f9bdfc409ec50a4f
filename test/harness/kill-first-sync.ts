import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { seededRandom } from '#sources/sandbox-seed';

import type { ScanTable } from '../../src/store/tables.ts';
import { GatewayProcess } from './gateway-process.ts';
import { Introductions } from './introductions.ts';
import { faultsOfStore } from './log-faults.ts';
import { readStore, type StoreSnapshot } from './store-snapshot.ts';
import { World } from './world.ts';

/** The sources that are scanned. */
export const LISTED = ['FINOGATES', 'FINX', 'ROCKETKOR'];
/** Lists are read slowly beside the users, so that the first sync is long enough to be killed in many places. */
const PACE = {
  FINOGATES_RATE_PER_S: '8',
  FINX_RATE_PER_S: '8',
  ROCKETKOR_RATE_PER_S: '8',
  UPVEST_RATE_PER_S: '200',
  SUMVIN_RATE_PER_S: '200',
};
const MOVES_PER_LIFE = 5;
const LIFE_AT_MOST_MS = 60_000;
/** What a gateway makes in a new folder, in order. */
export const FILES_OF_START = ['dev.key', 'gateway.lock', 'store.db', 'store.db-wal'];

export interface KillPlan {
  readonly people: number;
  /** Rows that the simulators give on a page. */
  readonly pageRows: number;
  /** One more kill, before these, as soon as each of these files is there. */
  readonly filesOfStart: readonly string[];
  readonly kills: number;
  /** Requests that all simulators together see in one life of the gateway, at most. */
  readonly requestsPerLife: number;
  readonly seed: number;
  /** PEOPLE: persons are linked, owners connected and statuses moved while the gateways die. */
  readonly introduce: 'PEOPLE' | 'IDENTITIES';
}

/** What one gateway left behind when it was killed. */
export interface Life {
  /** Where it was killed. */
  readonly moment: string;
  readonly left: StoreSnapshot;
  /** Faults of what it left. */
  readonly faults: readonly string[];
  /** Sources whose scan went on from a checkpoint that an earlier life had left. */
  readonly wentOn: readonly string[];
  /** Sources whose scan began elsewhere than the store says. */
  readonly strayed: readonly string[];
  readonly complaints: string;
}

/** One store and its simulators, on which gateway after gateway is killed before the first sync is done. */
export class KilledFirstSync implements AsyncDisposable {
  readonly world: World;
  readonly lives: Life[] = [];
  readonly introductions: Introductions;
  readonly #gateways = new AsyncDisposableStack();
  readonly #plan: KillPlan;
  readonly #random: () => number;

  private constructor(world: World, plan: KillPlan) {
    this.world = world;
    this.#plan = plan;
    this.#random = seededRandom(plan.seed);
    this.introductions = new Introductions(world, plan.introduce);
  }

  static async run(plan: KillPlan): Promise<KilledFirstSync> {
    const world = await World.create({ people: plan.people });
    const limits = { highestLimit: plan.pageRows, highestSize: plan.pageRows };
    for (const source of LISTED) Object.assign(world.sandbox(source), limits);
    const sync = new KilledFirstSync(world, plan);
    if (plan.introduce === 'IDENTITIES') sync.#writeOwners();
    for (const name of plan.filesOfStart) {
      await sync.#live(`as soon as ${name} is there`, () => existsSync(join(world.folder, name)));
    }
    for (let kill = 0; kill < plan.kills; kill += 1) await sync.#liveAndSync(kill);
    return sync;
  }

  /** Starts one more gateway; it ends with this at the latest. */
  start(overrides: Readonly<Record<string, string>> = {}): GatewayProcess {
    const gateway = new GatewayProcess({ ...this.settings, ...overrides }, this.world.folder);
    this.#gateways.use(gateway);
    return gateway;
  }

  get settings(): Readonly<Record<string, string>> {
    const own = { ...PACE, LOG_LEVEL: 'warn' };
    const owners = { SUMVIN_PATS_FILE: this.#ownersFile };
    return { ...this.world.environment, ...own, ...(this.#plan.introduce === 'IDENTITIES' ? owners : {}) };
  }

  get requestsSeen(): number {
    return [...this.world.sandboxes.values()].reduce((sum, { requests }) => sum + requests.length, 0);
  }

  /** Every third life ends with the request that it was given, the others while what came of it is written. */
  async #liveAndSync(kill: number): Promise<void> {
    const requests = 1 + Math.floor(this.#random() * this.#plan.requestsPerLife);
    const last = this.requestsSeen + requests;
    if (kill % 3 === 0) return this.#live(`with request ${requests}`, () => this.requestsSeen >= last);
    let writtenAt: bigint | null = null;
    await this.#live(`in a write after request ${requests}`, () => {
      if (this.requestsSeen < last) return false;
      writtenAt ??= this.#lastWrittenAt();
      return this.#lastWrittenAt() !== writtenAt;
    });
  }

  async #live(moment: string, isThere: () => boolean): Promise<void> {
    const before = this.lives.at(-1)?.left ?? readStore(this.world.folder);
    const marks = new Map(LISTED.map((source) => [source, this.world.sandbox(source).requests.length]));
    const gateway = this.start();
    const introduced = this.introductions.makeTo(gateway);
    const endsAt = performance.now() + LIFE_AT_MOST_MS;
    while (gateway.isAlive && !isThere() && performance.now() < endsAt) await delay(1);
    const isLate = !isThere();
    const { signal, stderr } = await gateway.end('SIGKILL');
    await introduced;
    if (isLate) throw new Error(`The moment never came: ${moment}. ${stderr}`);
    if (signal !== 'SIGKILL') throw new Error(`The gateway ended by itself: ${stderr}`);
    if (this.#plan.introduce === 'PEOPLE') this.#move();
    const left = readStore(this.world.folder);
    const starts = LISTED.map((source) => {
      const [url] = this.world
        .sandbox(source)
        .requests.slice(marks.get(source))
        .map((request) => request.url);
      return { source, verdict: beginningOf(url, source, before.scans.get(source)) };
    });
    const sourcesOf = (wanted: string) =>
      starts.filter(({ verdict }) => verdict === wanted).map(({ source }) => source);
    const begun = { wentOn: sourcesOf('WENT_ON'), strayed: sourcesOf('STRAYED') };
    this.lives.push({ moment, left, faults: faultsOfStore(left), ...begun, complaints: stderr });
  }

  #move(): void {
    for (const sandbox of this.world.sandboxes.values()) {
      for (let left = MOVES_PER_LIFE; left > 0; left -= 1) sandbox.move();
    }
  }

  #lastWrittenAt(): bigint {
    const path = join(this.world.folder, 'store.db-wal');
    return statSync(path, { throwIfNoEntry: false, bigint: true })?.mtimeNs ?? 0n;
  }

  get #ownersFile(): string {
    return join(this.world.folder, 'owners.jsonl');
  }

  #writeOwners(): void {
    const sandbox = this.world.sandbox('SUMVIN');
    const lines = this.world.people.flatMap((person) => {
      const owner = sandbox.credentialOf(person);
      const externalId = sandbox.externalUserIdOf(person);
      return owner === null
        ? []
        : [JSON.stringify({ externalId, pat: owner.credential, tenant: owner.tenant })];
    });
    writeFileSync(this.#ownersFile, lines.join('\n'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gateways.disposeAsync();
    await this.world[Symbol.asyncDispose]();
  }
}

/** How each source's pages, and its filter for the look ahead, are named on the wire; and its pages in the checkpoint. */
const PAGE_NAMES: Readonly<
  Record<string, { wire: string; filter: string; checkpoint: string; first: string | null }>
> = {
  FINOGATES: { wire: 'offset', filter: 'status_filter', checkpoint: 'offset', first: '0' },
  FINX: { wire: 'starting_after', filter: 'verification_status', checkpoint: 'after', first: null },
  ROCKETKOR: { wire: 'page', filter: 'status', checkpoint: 'page', first: '0' },
};

/** Whether a life's first request for a list was the one that the store it found says is next. */
function beginningOf(
  url: string | undefined,
  source: string,
  scan: ScanTable | undefined,
): 'NOT_REACHED' | 'BEGAN' | 'WENT_ON' | 'STRAYED' {
  const names = PAGE_NAMES[source];
  if (url === undefined || names === undefined) return 'NOT_REACHED';
  const query = new URL(url, 'http://127.0.0.1').searchParams;
  const asked = query.get(names.wire);
  const checkpoint: unknown = scan?.running === 1 ? JSON.parse(scan.checkpoint ?? 'null') : null;
  // Nothing committed yet, or the last page was: the list is read from the first page.
  if (checkpoint === null) return asked === names.first ? 'BEGAN' : 'STRAYED';
  const next: unknown = Reflect.get(Object(checkpoint), names.checkpoint);
  const isAhead = Reflect.get(Object(checkpoint), 'ahead') === true;
  const page = typeof next === 'string' || typeof next === 'number' ? String(next) : names.first;
  return asked === page && query.has(names.filter) === isAhead ? 'WENT_ON' : 'STRAYED';
}
