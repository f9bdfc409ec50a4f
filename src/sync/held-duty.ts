import type { Fence, HeldLease, Lease } from '#store/leases/leases';
import type { Store } from '#store/store';

import type { Duty } from './duty.ts';
import type { Loop, LoopStanding } from './loop.ts';

/** A request that came so shortly before a run may have come after it: clocks are read on both sides of a network. */
const UNCERTAIN_MS = 1000;

/** A duty that this gateway has the lease of, and its loops, which run. */
export class HeldDuty {
  readonly #fence: Fence;
  readonly #minGapMs: number;
  readonly #loops: readonly [Loop, ...Loop[]];
  /** The newest request to look sooner that was heeded. */
  #wantedAtMs: number | null = null;
  #deadline: NodeJS.Timeout | null = null;

  constructor(duty: Duty, fence: Fence, store: Store) {
    this.#fence = fence;
    this.#minGapMs = duty.minGapMs;
    this.#loops = duty.createLoops(store.under(fence));
  }

  get lease(): HeldLease {
    const [{ startedAgoMs, nextInMs }] = this.#loops;
    return { ...this.#fence, startedAgoMs, nextInMs };
  }

  get nextAtMs(): number | null {
    return this.#loops[0].nextAtMs;
  }

  /** @param before where another gateway left it; null: the work is begun at once */
  start(before: { lease: Lease; atMs: number } | null): void {
    const [main, ...more] = this.#loops;
    main.start(before === null ? undefined : standingOf(before.lease, before.atMs));
    for (const loop of more) loop.start();
    if (before === null) return;
    const { startedAtMs, wantedAtMs } = before.lease;
    const isWanted = wantedAtMs !== null && wantedAtMs > (startedAtMs ?? 0) - UNCERTAIN_MS;
    if (isWanted) this.bringForward();
    this.#wantedAtMs = wantedAtMs;
  }

  /** Calls `onOver` unless it is called again in time: the gateway cannot know any more that the lease is its own. */
  expectRenewal(withinMs: number, onOver: () => void): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = setTimeout(onOver, Math.max(0, withinMs)).unref();
  }

  heed({ wantedAtMs }: Lease): void {
    if (wantedAtMs === null || wantedAtMs === this.#wantedAtMs) return;
    this.#wantedAtMs = wantedAtMs;
    this.bringForward();
  }

  bringForward(): void {
    this.#loops[0].bringForward(this.#minGapMs);
  }

  /** Ends the loops after what they have in hand. */
  async stop(): Promise<void> {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}

function standingOf({ startedAtMs, nextAtMs }: Lease, atMs: number): LoopStanding {
  return {
    startedAgoMs: startedAtMs === null ? null : Math.max(0, atMs - startedAtMs),
    nextInMs: nextAtMs === null ? null : Math.max(0, nextAtMs - atMs),
  };
}
