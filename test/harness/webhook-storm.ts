import { setTimeout as delay } from 'node:timers/promises';

import { openGatewayStore, storePlaceOf } from '#gateway';
import type { StatusChange } from '#kyc/change';
import { verificationId } from '#kyc/id';
import { sourceId } from '#kyc/source-id';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';
import { pick, seededRandom } from '#sources/sandbox-seed';
import type { UpvestSandbox } from '#sources/upvest/sandbox';
import { readBeside } from '#store/read-beside';
import { readLog } from '#store/testing/read-log';

import { found } from './bench.ts';
import { GatewayProcess } from './gateway-process.ts';
import { until } from './until.ts';
import { checkEvent, deliver, signedBody } from './webhooks.ts';
import { World } from './world.ts';

const UPVEST = sourceId('UPVEST');
const SECRET = 'a secret of the storm';
const WORDS = ['IN_PROGRESS', 'PASSED', 'FAILED'];
const AT_ONCE = 8;

export interface StormPlan {
  readonly deliveries: number;
  readonly kills: number;
  readonly seed: number;
  readonly store: 'SQLITE' | 'POSTGRES';
}

type Event = ReturnType<typeof checkEvent>;

/** A source that tells of every move, shuffled, doubled and late, to a gateway that is killed again and again. */
export class WebhookStorm implements AsyncDisposable {
  readonly world: World;
  /** What happened at the source, by check, in order; the first is how it began. */
  readonly journal: ReadonlyMap<string, string[]>;
  /** Every event that was answered 200. */
  readonly told = new Map<string, Event>();
  /** Answers other than 200, but for those that a kill cut off. */
  readonly refusals: number[] = [];
  #gateway: GatewayProcess | null = null;
  #url = '';
  readonly #random: () => number;
  readonly #plan: StormPlan;

  private constructor(world: World, plan: StormPlan) {
    this.world = world;
    this.#plan = plan;
    this.#random = seededRandom(plan.seed);
    this.journal = new Map(this.#sandbox.records().map(({ id, status }) => [id, [String(status)]]));
  }

  static async create(plan: StormPlan): Promise<WebhookStorm> {
    const settings = { UPVEST_WEBHOOK_SECRET: SECRET, UPVEST_TIMEOUT_MS: '1000' };
    const world = await World.create({ people: 12, settings, store: plan.store });
    return new WebhookStorm(world, plan);
  }

  get #sandbox(): UpvestSandbox {
    return this.world.sandbox('UPVEST') as UpvestSandbox;
  }

  /** Until all is told, and all that was told is worked off. */
  async rage(): Promise<void> {
    await this.#start();
    let pending: Event[] = [];
    const killEvery = Math.ceil(this.#plan.deliveries / (this.#plan.kills + 1));
    let sent = 0;
    for (let kills = 0; sent < this.#plan.deliveries || pending.length > 0; ) {
      while (sent + pending.length < this.#plan.deliveries && pending.length < 60)
        pending.push(...this.#move());
      const bodies = Array.from({ length: AT_ONCE }, () => this.#draw(pending)).filter(
        (one) => one.length > 0,
      );
      const sending = bodies.map((events) => this.#tell(events));
      sent += bodies.flat().length;
      if (kills < this.#plan.kills && sent > killEvery * (kills + 1)) {
        kills += 1;
        await this.#kill();
      }
      // What a kill cut off was perhaps stored, perhaps not: a source sends it again.
      pending = [...pending, ...(await Promise.all(sending)).flat()];
      sent = Math.min(sent, this.#plan.deliveries);
    }
    await this.#workedOff();
    await this.#gateway?.end('SIGTERM');
  }

  /** The log as the store has it once the gateway has ended, and how many events it put aside. */
  async read(): Promise<{ rows: ReadonlyMap<string, readonly StatusChange[]>; putAside: number }> {
    const { store } = await openGatewayStore(readSettings(this.world.environment, rooms));
    try {
      const log = (await readLog(store)).filter((row) => 'verificationId' in row);
      const ids = new Map([...this.journal.keys()].map((id) => [verificationId('CHECK', UPVEST, id), id]));
      const rows = log.filter(({ verificationId: id }) => ids.has(id));
      return {
        rows: Map.groupBy(rows, ({ verificationId: id }) => ids.get(id) ?? ''),
        putAside: await store.webhookEvents.countPutAside({}),
      };
    } finally {
      await store.close();
    }
  }

  /** One check moves; what it is told by comes once to three times. */
  #move(): readonly Event[] {
    const check = pick(this.#sandbox.records(), this.#random);
    const states = found(this.journal.get(check.id));
    const status = pick(
      WORDS.filter((word) => word !== states.at(-1)),
      this.#random,
    );
    this.#sandbox.setStatus(check.id, status);
    states.push(status);
    const seconds = this.#count++;
    const createdAt = Temporal.Instant.fromEpochMilliseconds(1_790_000_000_000 + 1000 * seconds).toString();
    const type = WORDS.indexOf(status) === 0 ? 'USER_CHECK.CREATED' : `USER_CHECK.${status}`;
    const event = checkEvent(check, { id: `e${seconds}`, type, status, createdAt });
    return Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () => event);
  }
  #count = 0;

  /** One to four of what is pending, whichever. */
  #draw(pending: Event[]): readonly Event[] {
    const count = Math.min(pending.length, 1 + Math.floor(this.#random() * 4));
    return Array.from({ length: count }, () =>
      found(pending.splice(Math.floor(this.#random() * pending.length), 1)[0]),
    );
  }

  /** @returns what must be sent again */
  async #tell(events: readonly Event[]): Promise<readonly Event[]> {
    const body = JSON.stringify(events.length === 1 ? events[0] : { payload: events });
    try {
      const status = await deliver(this.#url, 'upvest', signedBody(SECRET, body));
      if (status !== 200) this.refusals.push(status);
      else for (const event of events) this.told.set(event.id, event);
      return status === 200 ? [] : events;
    } catch {
      return events;
    }
  }

  async #kill(): Promise<void> {
    await delay(this.#random() * 20);
    await this.#gateway?.end('SIGKILL');
    await this.#start();
  }

  async #start(): Promise<void> {
    const gateway = new GatewayProcess(this.world.environment, this.world.folder);
    this.#gateway = gateway;
    this.#url = await until('it is up', () => {
      if (!gateway.isAlive) throw new Error(`The gateway did not start: ${gateway.complaints}`);
      return gateway.url;
    });
  }

  /** However many wait, as long as they grow fewer. */
  async #workedOff(): Promise<void> {
    for (let left = await this.#waiting(); left > 0; ) {
      const before = left;
      left = await until('fewer wait', async () => {
        const present = await this.#waiting();
        return present < before && { present };
      }).then(({ present }) => present);
    }
  }

  async #waiting(): Promise<number> {
    const place = storePlaceOf(readSettings(this.world.environment, rooms));
    return await readBeside(place, 'No store.', async (database) => {
      const { count } = await database
        .selectFrom('webhook_events')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('state', '=', 'WAITING')
        .executeTakeFirstOrThrow();
      return Number(count);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gateway?.[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}
