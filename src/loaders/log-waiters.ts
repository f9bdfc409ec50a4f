import type { LogEntry } from '#store/changes/changes';

import { isOfInterest, type LogInterest } from './log-interest.ts';

export interface LogWaiter {
  /** Only later entries are of interest. */
  readonly after: number;
  readonly interest: LogInterest;
  /** @param position where to read on from */
  wake(position: number): void;
}

/** Who waits for what. Whoever waits for a few users or records costs nothing at the entries of others. */
export class LogWaiters {
  readonly #byUser = new Map<string, Set<LogWaiter>>();
  readonly #byRecord = new Map<string, Set<LogWaiter>>();
  readonly #others = new Set<LogWaiter>();

  add(waiter: LogWaiter): void {
    for (const set of this.#setsOf(waiter, make)) set.add(waiter);
  }

  remove(waiter: LogWaiter): void {
    const { userIds, verificationIds } = waiter.interest;
    for (const set of this.#setsOf(waiter, (map, id) => map.get(id))) set.delete(waiter);
    if (verificationIds !== null) forgetEmpty(this.#byRecord, verificationIds);
    else if (userIds !== null) forgetEmpty(this.#byUser, userIds);
  }

  /** Wakes all who wait for this entry; a waiter that was woken has to be removed by who added it. */
  tell(entry: LogEntry): void {
    const { verificationId, userIds } = entry;
    const found = new Set([
      ...(verificationId === null ? [] : (this.#byRecord.get(verificationId) ?? [])),
      ...userIds.flatMap((id) => [...(this.#byUser.get(id) ?? [])]),
      ...this.#others,
    ]);
    for (const waiter of found)
      if (entry.position > waiter.after && isOfInterest(entry, waiter.interest))
        waiter.wake(entry.position - 1);
  }

  all(): readonly LogWaiter[] {
    const indexed = [...this.#byUser.values(), ...this.#byRecord.values(), this.#others];
    return [...new Set(indexed.flatMap((set) => [...set]))];
  }

  /** How many ids are looked up by; for tests. */
  get indexed(): number {
    return this.#byUser.size + this.#byRecord.size;
  }

  /** By records where some are named, which are fewer; else by users. */
  #setsOf(
    { interest: { userIds, verificationIds } }: LogWaiter,
    of: (map: Map<string, Set<LogWaiter>>, id: string) => Set<LogWaiter> | undefined,
  ): readonly Set<LogWaiter>[] {
    if (verificationIds === null && userIds === null) return [this.#others];
    const [map, ids] =
      verificationIds === null ? [this.#byUser, userIds ?? []] : [this.#byRecord, verificationIds];
    return [...ids].map((id) => of(map, id)).filter((set) => set !== undefined);
  }
}

function make(map: Map<string, Set<LogWaiter>>, id: string): Set<LogWaiter> {
  const set = map.get(id) ?? new Set();
  map.set(id, set);
  return set;
}

function forgetEmpty(map: Map<string, Set<LogWaiter>>, ids: ReadonlySet<string>): void {
  for (const id of ids) if (map.get(id)?.size === 0) map.delete(id);
}
