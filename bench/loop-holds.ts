import { performance } from 'node:perf_hooks';

/** How long the event loop was held up between two turns of a timer of one millisecond, at most. */
export interface Holds {
  /** By the clock: also while the machine was busy with others. */
  wallMs: number;
  /** By the processor time of this thread: what this process did itself. */
  cpuMs: number;
}

/** Watches this thread's event loop. */
export class LoopHolds {
  readonly #timer: NodeJS.Timeout;
  #worst: Holds = { wallMs: 0, cpuMs: 0 };
  #cpu = process.threadCpuUsage();
  #atMs = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#look(), 1);
    this.#timer.unref();
  }

  /** The worst since it was last asked for. */
  take(): Holds {
    const worst = this.#worst;
    this.#worst = { wallMs: 0, cpuMs: 0 };
    return worst;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const atMs = performance.now();
    this.#worst.cpuMs = Math.max(this.#worst.cpuMs, (user + system) / 1000);
    this.#worst.wallMs = Math.max(this.#worst.wallMs, atMs - this.#atMs);
    this.#cpu = process.threadCpuUsage();
    this.#atMs = atMs;
  }
}
