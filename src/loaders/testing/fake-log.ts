import { now } from '#kyc/instant';
import { sourceId } from '#kyc/source-id';
import type { FollowedLog } from '#loaders/log-reader';
import { type LogEntry, PositionLostError } from '#store/changes/changes';
import { StoreUnavailableError } from '#store/database';

/** A log in memory, its bell and what is read of it. */
export class FakeLog {
  readonly entries: LogEntry[] = [];
  readonly #bells = new Set<() => void>();
  reads = 0;
  /** While true no read is answered. */
  isAway = false;
  /** What is held begins after this. */
  cut = 0;

  get store(): FollowedLog {
    return {
      changes: {
        head: async () => this.#read(() => this.entries.length),
        readEntries: async ({ after, limit }) =>
          this.#read(() => {
            if (after < this.cut || after > this.entries.length) throw new PositionLostError('Not held.');
            const entries = this.entries.slice(after, after + limit);
            return { entries, reached: after + entries.length };
          }),
      },
      onAppend: (ring) => {
        this.#bells.add(ring);
        return () => void this.#bells.delete(ring);
      },
    };
  }

  get listeners(): number {
    return this.#bells.size;
  }

  append(...entries: readonly Partial<LogEntry>[]): void {
    this.appendSilently(...entries);
    for (const ring of this.#bells) ring();
  }

  appendSilently(...entries: readonly Partial<LogEntry>[]): void {
    for (const entry of entries) this.entries.push(anEntry({ ...entry, position: this.entries.length + 1 }));
  }

  #read<Value>(read: () => Value): Value {
    this.reads += 1;
    if (this.isAway) throw new StoreUnavailableError('It is away.');
    return read();
  }
}

export function anEntry(over: Partial<LogEntry> = {}): LogEntry {
  return {
    position: 1,
    type: 'STATUS',
    verificationId: 'record',
    source: sourceId('ALPHA'),
    kind: 'CHECK',
    userIds: [],
    from: 'PENDING',
    to: 'APPROVED',
    effective: true,
    isBackfill: false,
    observedAt: now(),
    ...over,
  };
}
