import type { LogEntry } from '#store/changes/changes';

import { isOfInterest, type LogInterest } from './log-interest.ts';

/** The newest part of the log, without holes: what lies after `start`, up to `end`. */
export class LogRing {
  readonly #most: number;
  #entries: LogEntry[] = [];
  #end: number;

  /** @param end where the log is read on from; @param most entries kept at least, once there were so many */
  constructor(end: number, most: number) {
    this.#end = end;
    this.#most = most;
  }

  get start(): number {
    return this.#end - this.#entries.length;
  }

  get end(): number {
    return this.#end;
  }

  /** Entries go in whole steps of the log, in its order. */
  append(entries: readonly LogEntry[]): void {
    this.#entries.push(...entries);
    this.#end += entries.length;
    // Cut by halves: each cut moves all that is kept.
    if (this.#entries.length > 2 * this.#most) this.#entries = this.#entries.slice(-this.#most);
  }

  /** The first entry after a position that is of interest; null for none. Only asked for what lies in the ring. */
  firstAfter(position: number, interest: LogInterest): LogEntry | null {
    for (let at = Math.max(position - this.start, 0); at < this.#entries.length; at += 1) {
      const entry = this.#entries[at];
      if (entry !== undefined && isOfInterest(entry, interest)) return entry;
    }
    return null;
  }
}
