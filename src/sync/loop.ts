import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from '#log';
import { LeaseLostError } from '#store/leases/leases';

const WAIT_AFTER_FAULT_MS = 1000;
/** A timer of more milliseconds would overflow and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Does a task again and again; each run says how many milliseconds to wait before the next. A run that throws (the
 * store is away, say) is logged by the error's name alone and tried again. A run that another gateway has overtaken is
 * the last one.
 */
export class Loop {
  readonly #task: (signal: AbortSignal) => Promise<number>;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #lastStartedMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | null = null;
  /** Null while a run is under way, and before the start. */
  #due: Due | null = null;
  /** Asked for while a run was under way, which may be past what it was asked for: how close the next may follow. */
  #wantedGapMs: number | null = null;

  constructor(task: (signal: AbortSignal) => Promise<number>, log: Logger) {
    this.#task = task;
    this.#log = log;
  }

  /** When the next run is due, epoch milliseconds; null while one is under way or before the start. */
  get nextAtMs(): number | null {
    return this.#due?.atMs ?? null;
  }

  /** How long until the next run is due, milliseconds; null while one is under way or before the start. */
  get nextInMs(): number | null {
    return this.#due === null ? null : Math.max(0, this.#due.ms - performance.now());
  }

  /** How long ago the last run was started, here or where the work was done before, milliseconds; null for never. */
  get startedAgoMs(): number | null {
    return Number.isFinite(this.#lastStartedMs) ? performance.now() - this.#lastStartedMs : null;
  }

  /** At once, or where somebody else stopped doing it. */
  start({ startedAgoMs, nextInMs }: LoopStanding = { startedAgoMs: null, nextInMs: null }): void {
    if (this.#running !== null) return;
    if (startedAgoMs !== null) this.#lastStartedMs = performance.now() - startedAgoMs;
    if (nextInMs !== null) this.#due = dueAt(performance.now() + nextInMs);
    this.#running = this.#run();
  }

  /**
   * Brings the next run forward, but never closer than `minGapMs` to the start of the last one. While a run is under
   * way, the one after it.
   */
  bringForward(minGapMs: number): void {
    if (this.#due === null) {
      this.#wantedGapMs = Math.min(minGapMs, this.#wantedGapMs ?? minGapMs);
      return;
    }
    const dueMs = this.#dueAfterGap(minGapMs);
    if (dueMs >= this.#due.ms) return;
    this.#due = dueAt(dueMs);
    this.#wake.abort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    if (this.#due !== null) await this.#waitUntilDue();
    this.#due = null;
    while (!this.#stop.signal.aborted) {
      this.#lastStartedMs = performance.now();
      this.#wantedGapMs = null;
      const waitMs = await this.#runOnce();
      const plannedMs = performance.now() + waitMs;
      const wantedGapMs = this.#wantedGapMs as number | null;
      this.#due = dueAt(
        wantedGapMs === null ? plannedMs : Math.min(plannedMs, this.#dueAfterGap(wantedGapMs)),
      );
      await this.#waitUntilDue();
      this.#due = null;
    }
  }

  #dueAfterGap(minGapMs: number): number {
    return Math.max(performance.now(), this.#lastStartedMs + minGapMs);
  }

  async #runOnce(): Promise<number> {
    try {
      return await this.#task(this.#stop.signal);
    } catch (error) {
      if (error instanceof LeaseLostError) this.#stop.abort();
      else this.#log.error('A background task failed; it is tried again.', { error });
      return WAIT_AFTER_FAULT_MS;
    }
  }

  async #waitUntilDue(): Promise<void> {
    while (!this.#stop.signal.aborted && this.#due !== null) {
      const leftMs = this.#due.ms - performance.now();
      if (leftMs <= 0) return;
      this.#wake = new AbortController();
      await delay(Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS), undefined, {
        signal: this.#wake.signal,
      }).catch(() => undefined);
    }
  }
}

/** How a loop stands, so that it can be gone on with elsewhere. */
export interface LoopStanding {
  readonly startedAgoMs: number | null;
  /** Null: at once. */
  readonly nextInMs: number | null;
}

/** When a run is due, by two clocks: one that never goes back, so that a corrected wall clock holds no loop up. */
interface Due {
  /** As performance.now(). */
  readonly ms: number;
  /** The same by the wall clock when this was decided; epoch milliseconds. */
  readonly atMs: number;
}

function dueAt(ms: number): Due {
  return { ms, atMs: Math.round(Date.now() + ms - performance.now()) };
}
