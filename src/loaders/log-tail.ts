import type { Logger } from '#log';

import type { LogInterest } from './log-interest.ts';
import { type FollowedLog, LogReader, type LogReaderTimes } from './log-reader.ts';
import { SharedReads } from './shared-reads.ts';
import { Turns } from './turns.ts';

/** How far somebody may take the log for read. */
export interface LogAhead {
  /** After where it was asked from, nothing of interest lies up to here. */
  readonly position: number;
  /** True: read the log on from here, there may be something. False: the time was over first. */
  readonly isMore: boolean;
}

/** One who follows the log. */
export interface LogFollower extends Disposable {
  /**
   * Waits until something of interest lies after a position, at most for `waitMs`, or until the signal. Says so at once
   * where it is there already, or where nothing is known of what lies there. Never rejects: while the store is away the
   * time passes, and what is appended is told when it is back.
   */
  next(
    after: number,
    interest: LogInterest,
    until: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<LogAhead>;
}

const TIMES: LogReaderTimes = { pollMs: 1000, paceMs: 25, entriesAtOnce: 250, entriesKept: 4000 };

/**
 * The end of the log, read once for all who follow it in this process: at each bell, and each second in case one was
 * lost. It tells them when to look, and gives nobody any row: what each may see is read by and for each.
 */
export class LogTail {
  readonly #store: FollowedLog;
  readonly #log: Logger;
  readonly #times: LogReaderTimes;
  /** Steps of the log as those read them who see all: one change is news to many of them at once. */
  readonly reads = new SharedReads();
  /** Whoever has something to read waits for one of these. */
  readonly turns = new Turns();
  /** Null while nobody follows. */
  #reader: LogReader | null = null;
  #followers = 0;

  constructor(store: FollowedLog, log: Logger, times: Partial<LogReaderTimes> = {}) {
    this.#store = store;
    this.#log = log;
    this.#times = { ...TIMES, ...times };
  }

  /** How many follow at the moment. */
  get followers(): number {
    return this.#followers;
  }

  follow(): LogFollower {
    this.#followers += 1;
    this.#reader ??= new LogReader(this.#store, this.#log, this.#times);
    const reader = this.#reader;
    let isGone = false;
    return {
      next: (after, interest, until) => reader.next(after, interest, until),
      [Symbol.dispose]: () => {
        if (isGone) return;
        isGone = true;
        this.#leave();
      },
    };
  }

  #leave(): void {
    this.#followers -= 1;
    if (this.#followers > 0) return;
    this.#reader?.stop();
    this.#reader = null;
  }
}
