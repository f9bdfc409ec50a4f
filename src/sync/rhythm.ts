const EVERY_RECORDS = 10_000;
const EVERY_MS = 10_000;

/** Says when it is time for a line of progress: every 10,000 records, or every 10 seconds where they come slowly. */
export class Rhythm {
  readonly #present: () => number;
  readonly #startedMs: number;
  #lastRecords = 0;
  #lastMs: number;

  /** `present`: milliseconds of a clock that never goes back. */
  constructor(present: () => number = () => performance.now()) {
    this.#present = present;
    this.#startedMs = present();
    this.#lastMs = this.#startedMs;
  }

  get durationMs(): number {
    return Math.round(this.#present() - this.#startedMs);
  }

  /** Records per second since the last line when it is time for one; else null. `records`: all so far. */
  beat(records: number): number | null {
    const elapsedMs = this.#present() - this.#lastMs;
    const more = records - this.#lastRecords;
    if (more < EVERY_RECORDS && elapsedMs < EVERY_MS) return null;
    this.#lastRecords = records;
    this.#lastMs += elapsedMs;
    return Math.round((more * 1000) / Math.max(1, elapsedMs));
  }
}
