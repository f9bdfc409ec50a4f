import type { Logger } from '#log';
import { PositionLostError } from '#store/changes/changes';
import { StoreUnavailableError } from '#store/database';
import type { Store } from '#store/store';
import { Loop } from '#sync/loop';

import type { LogInterest } from './log-interest.ts';
import { LogRing } from './log-ring.ts';
import type { LogAhead } from './log-tail.ts';
import { type LogWaiter, LogWaiters } from './log-waiters.ts';

/** What is followed: the log of a store. */
export type FollowedLog = Pick<Store, 'onAppend'> & {
  readonly changes: Pick<Store['changes'], 'head' | 'readEntries'>;
};

export interface LogReaderTimes {
  /** How late a change is heard whose bell was lost. */
  readonly pollMs: number;
  /** Between the starts of two reads: what comes in a burst is read together. */
  readonly paceMs: number;
  readonly entriesAtOnce: number;
  /** So far back it is known what lies in the log without reading it again. */
  readonly entriesKept: number;
}

/** Reads the log's end on from when it was made, until it is stopped, and wakes who waits for what it finds. */
export class LogReader {
  readonly #store: FollowedLog;
  readonly #times: LogReaderTimes;
  readonly #loop: Loop;
  readonly #silence: () => void;
  readonly #waiters = new LogWaiters();
  /** Null until it is known where the log ends. */
  #ring: LogRing | null = null;

  constructor(store: FollowedLog, log: Logger, times: LogReaderTimes) {
    this.#store = store;
    this.#times = times;
    this.#loop = new Loop(() => this.#step(), log);
    this.#silence = store.onAppend(() => this.#loop.bringForward(times.paceMs));
    this.#loop.start();
  }

  stop(): void {
    this.#silence();
    void this.#loop.stop();
  }

  next(
    after: number,
    interest: LogInterest,
    { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<LogAhead> {
    const ring = this.#ring;
    if (ring !== null && after < ring.start) return Promise.resolve({ position: after, isMore: true });
    const entry = ring?.firstAfter(after, interest) ?? null;
    if (entry !== null) return Promise.resolve({ position: entry.position - 1, isMore: true });
    if (signal.aborted) return Promise.resolve({ position: after, isMore: false });
    return this.#wait(after, interest, { waitMs, signal });
  }

  #wait(
    after: number,
    interest: LogInterest,
    { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<LogAhead> {
    return new Promise((resolve) => {
      const end = (ahead: LogAhead) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#waiters.remove(waiter);
        resolve(ahead);
      };
      const giveUp = () => end({ position: Math.max(after, this.#ring?.end ?? after), isMore: false });
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener('abort', giveUp);
      const waiter: LogWaiter = {
        after,
        interest,
        wake: (position) => end({ position, isMore: true }),
      };
      this.#waiters.add(waiter);
    });
  }

  /** One read; how long to wait before the next. */
  async #step(): Promise<number> {
    try {
      this.#ring ??= await this.#startAtEnd();
      return await this.#readOn(this.#ring);
    } catch (error) {
      if (error instanceof PositionLostError) return this.#startOver();
      if (error instanceof StoreUnavailableError) return this.#times.pollMs;
      throw error;
    }
  }

  async #readOn(ring: LogRing): Promise<number> {
    const limit = this.#times.entriesAtOnce;
    const { entries } = await this.#store.changes.readEntries({ after: ring.end, limit });
    ring.append(entries);
    for (const entry of entries) this.#waiters.tell(entry);
    return entries.length < limit ? this.#times.pollMs : 0;
  }

  /** Who waits from before its start has to look for themselves. */
  async #startAtEnd(): Promise<LogRing> {
    const ring = new LogRing(await this.#store.changes.head(), this.#times.entriesKept);
    for (const waiter of this.#waiters.all()) if (waiter.after < ring.start) waiter.wake(waiter.after);
    return ring;
  }

  /** The log was cut or put back while the store was away: everybody looks whether they can go on. */
  #startOver(): number {
    this.#ring = null;
    for (const waiter of this.#waiters.all()) waiter.wake(waiter.after);
    return 0;
  }
}
