import { randomUUID } from 'node:crypto';

import type { Logger } from '#log';
import type { Lease, LeaseView } from '#store/leases/leases';
import type { Store } from '#store/store';

import type { Duty } from './duty.ts';
import { mayTake, type Neighbourhood, toHandBack } from './fair-share.ts';
import { HeldDuty } from './held-duty.ts';
import { Loop } from './loop.ts';

/** How leases are kept, where several gateways share a store. */
export interface LeasePace {
  /** A lease that was not renewed is free after so long. */
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** How often a gateway looks what is free, and what it is wanted to do sooner. */
  readonly lookEveryMs: number;
  /** So long before a lease ends work that could not be renewed is stopped. */
  readonly marginMs: number;
}

/** Whoever dies is replaced when its lease is over, at the next look: within some ten seconds. */
const PACE: LeasePace = { leaseMs: 9000, renewEveryMs: 3000, lookEveryMs: 1000, marginMs: 2000 };
/** Where there is one gateway only: what it takes it has until it ends. */
const ALONE: LeasePace = { leaseMs: 1e12, renewEveryMs: 1e12, lookEveryMs: 3_600_000, marginMs: 0 };

/**
 * Does those of the duties that this gateway has the leases of. Several gateways share them evenly: who holds little
 * takes what is free, who holds much gives of it. Work of which the lease cannot be renewed is stopped before another
 * gateway may take it; should it go on all the same (a process that was held), the store refuses what it writes.
 */
export class DutyRoster {
  readonly #store: Store;
  readonly #duties: readonly Duty[];
  readonly #log: Logger;
  readonly #pace: LeasePace;
  readonly #self = randomUUID();
  readonly #held = new Map<string, HeldDuty>();
  /** Duties that were given up and whose loops have not ended yet. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #wanted = new Set<string>();
  readonly #beats: Loop;
  readonly #firstBeat = Promise.withResolvers<void>();
  /** Null before the first look. */
  #view: LeaseView | null = null;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  /** False where the last beat did not come to its end. */
  #isInTouch = false;

  constructor(store: Store, duties: readonly Duty[], log: Logger, pace: LeasePace = PACE) {
    this.#store = store;
    this.#duties = duties;
    this.#log = log;
    this.#pace = store.leases.areShared ? pace : ALONE;
    this.#beats = new Loop(async () => {
      try {
        await this.#beat();
        this.#isInTouch = true;
      } catch (error) {
        this.#isInTouch = false;
        throw error;
      } finally {
        this.#firstBeat.resolve();
      }
      return this.#pace.lookEveryMs;
    }, log);
  }

  /** Names of what this gateway does. */
  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Resolves when the first look is over. What others hold then may come later. */
  async start(): Promise<void> {
    this.#beats.start();
    await this.#firstBeat.promise;
  }

  /** Has a duty done sooner, whoever does it. */
  bringForward(name: string): void {
    const held = this.#held.get(name);
    if (held !== undefined) held.bringForward();
    else if (this.#store.leases.areShared) {
      this.#wanted.add(name);
      this.#beats.bringForward(0);
    }
  }

  /** When a duty is done next, epoch milliseconds, whoever does it; null while it is, or where nobody does it. */
  nextAtMs(name: string): number | null {
    const held = this.#held.get(name);
    return held === undefined ? (this.#leaseOf(name)?.nextAtMs ?? null) : held.nextAtMs;
  }

  /** Ends the loops after what they have in hand, and lets other gateways have what this one held. */
  async stop(): Promise<void> {
    await this.#beats.stop();
    await Promise.all([...this.#held.keys()].map((name) => this.#handBack(name)));
    await Promise.all(this.#ending.values());
    if (this.#isInTouch) await this.#store.leases.leave(this.#self).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const { leases } = this.#store;
    const isFirst = this.#view === null;
    await this.#renew();
    const wanted = [...this.#wanted];
    await leases.want(wanted);
    for (const name of wanted) this.#wanted.delete(name);
    this.#view = await leases.read();
    for (const lease of this.#view.leases) this.#held.get(lease.name)?.heed(lease);
    for (const duty of this.#duties) await this.#tryToTake(duty, this.#view, isFirst);
    const name = toHandBack(this.#seen(this.#view), (held) => this.#isIdle(held));
    if (name !== null) void this.#handBack(name);
  }

  async #renew(): Promise<void> {
    const sentAtMs = performance.now();
    const { leaseMs, renewEveryMs } = this.#pace;
    if (!this.#store.leases.areShared || sentAtMs - this.#renewedAtMs < renewEveryMs) return;
    const held = [...this.#held];
    const gateway = { id: this.#self, worksOn: this.#duties.map(({ name }) => name) };
    const leases = held.map(([, duty]) => duty.lease);
    const still = await this.#store.leases.renew(gateway, leases, leaseMs);
    this.#renewedAtMs = sentAtMs;
    for (const [name, duty] of held) {
      if (still.has(name)) this.#expectRenewal(name, duty, sentAtMs);
      else this.#drop(name, duty);
    }
  }

  async #tryToTake(duty: Duty, view: LeaseView, isFirst: boolean): Promise<void> {
    const { name } = duty;
    if (this.#held.has(name) || this.#ending.has(name) || !mayTake(this.#seen(view), name)) return;
    const sentAtMs = performance.now();
    const fence = await this.#store.leases.take(name, this.#self, this.#pace.leaseMs);
    if (fence === null) return;
    const held = new HeldDuty(duty, fence, this.#store);
    this.#held.set(name, held);
    this.#expectRenewal(name, held, sentAtMs);
    const lease = this.#leaseOf(name);
    // A gateway that starts looks at once, as an operator expects; one that takes over goes on in step.
    held.start(isFirst || lease === null ? null : { lease, atMs: view.atMs });
    if (this.#store.leases.areShared) this.#log.info('A lease was taken.', { code: name });
  }

  #expectRenewal(name: string, held: HeldDuty, sinceMs: number): void {
    if (!this.#store.leases.areShared) return;
    const { leaseMs, marginMs } = this.#pace;
    const overAtMs = sinceMs + leaseMs - marginMs;
    held.expectRenewal(overAtMs - performance.now(), () => this.#drop(name, held));
  }

  /** Another gateway has it, or may have it soon. */
  #drop(name: string, held: HeldDuty): void {
    if (this.#held.get(name) !== held) return;
    this.#log.warn('A lease was lost; its work goes on where it is taken next.', { code: name });
    void this.#end(name, held);
  }

  async #handBack(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held === undefined) return;
    await this.#end(name, held);
    // What cannot be told ends by itself; a store that is away is not waited for.
    if (this.#isInTouch) await this.#store.leases.release(held.lease).catch(() => undefined);
    if (this.#store.leases.areShared) this.#log.info('A lease was given back.', { code: name });
  }

  #end(name: string, held: HeldDuty): Promise<void> {
    this.#held.delete(name);
    const ended = held.stop().finally(() => this.#ending.delete(name));
    this.#ending.set(name, ended);
    return ended;
  }

  #isIdle(name: string): boolean {
    return this.#held.get(name)?.nextAtMs !== null;
  }

  #leaseOf(name: string): Lease | null {
    return this.#view?.leases.find((lease) => lease.name === name) ?? null;
  }

  #seen(view: LeaseView): Neighbourhood {
    return { ...view, self: this.#self, held: new Set(this.#held.keys()) };
  }
}
