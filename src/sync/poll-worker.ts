import { addMilliseconds } from '#kyc/instant';
import { lackOf, type SourceErrorCode } from '#kyc/source-report';
import type { Logger } from '#log';
import type { Source } from '#sources/source';
import type { Store } from '#store/store';
import { SourceError } from '#upstream/source-error';

import { Backoff } from './backoff.ts';
import { fetchIdentity } from './fetch-identity.ts';
import { GatheredReads } from './gathered-reads.ts';
import { readWhole } from './learn.ts';
import { Loop } from './loop.ts';
import { PollProgress } from './poll-progress.ts';

const SHORTEST_ROUND = 64;
const LONGEST_ROUND = 512;
const QUICK_ROUND_MS = 1000;
const AT_ONCE = 8;
/** Also how soon a look follows another that was asked for. */
export const SHORTEST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 5000;
/** Failures that tell of the whole source; the others concern one identity alone. */
const OF_THE_SOURCE: ReadonlySet<SourceErrorCode> = new Set([
  'SOURCE_UNREACHABLE',
  'SOURCE_TIMEOUT',
  'SOURCE_RATE_LIMITED',
  'SOURCE_CIRCUIT_OPEN',
]);

/** Keeps the store in step with a source that cannot be listed: reads its known users again when they are due. */
export function createPollWorker(store: Store, source: Source, log: Logger): Loop {
  const poller = new Poller(store, source, log);
  return new Loop((signal) => poller.round(signal), log);
}

/** How many the next round reads at most, after a full one that took so long. */
function sizeAfter(size: number, tookMs: number): number {
  if (tookMs > LONGEST_LOOK_MS) return SHORTEST_ROUND;
  return tookMs < QUICK_ROUND_MS ? Math.min(LONGEST_ROUND, 2 * size) : size;
}

/** One look: the identities that are still to be read, and how it went with the others. */
interface Round {
  readonly queue: Iterable<string>;
  readonly gathered: GatheredReads;
  whole: number;
  readonly failures: SourceError[];
  outage: SourceError | null;
}

class Poller {
  readonly #store: Store;
  readonly #source: Source;
  readonly #log: Logger;
  readonly #backoff = new Backoff();
  readonly #progress: PollProgress;
  /** At an owner-only source: those whose credentials the store holds, and those whose credentials the settings bring. */
  readonly #readable: { connectedOnly: true; connectedElsewhere: readonly string[] };
  /** Identities that failed on their own, until when (performance.now) they are left alone. */
  readonly #resting = new Map<string, number>();
  /** As many as are read soon: a source that is asked slowly has short rounds, so that whoever is new waits briefly. */
  #atMost = SHORTEST_ROUND;

  constructor(store: Store, source: Source, log: Logger) {
    this.#store = store;
    this.#source = source;
    this.#log = log;
    this.#progress = new PollProgress(store, source.descriptor.id, log);
    const connectedElsewhere = source.owners.map(({ externalId }) => externalId);
    this.#readable = { connectedOnly: true, connectedElsewhere };
  }

  /** One look at what is due. Returns how many milliseconds to wait for the next. */
  async round(signal: AbortSignal): Promise<number> {
    const due = await this.#due();
    const startedMs = performance.now();
    const round = this.#newRound(due);
    const turns = Array.from({ length: AT_ONCE }, () => this.#takeTurns(round, signal));
    const broken = (await Promise.allSettled(turns)).find(({ status }) => status === 'rejected');
    await round.gathered.settled();
    if (broken?.status === 'rejected') throw broken.reason;
    if (signal.aborted) return 0;
    if (round.outage !== null) return this.#failed(round.outage);
    this.#backoff.succeeded();
    await this.#noteStanding(round);
    if (due.length < this.#atMost) return this.#lookMs();
    this.#atMost = sizeAfter(this.#atMost, performance.now() - startedMs);
    return 0;
  }

  #newRound(due: readonly string[]): Round {
    const occasion = { source: this.#source, learntBy: 'POLL', scan: null } as const;
    const gathered = new GatheredReads(this.#store, occasion);
    return { queue: due.values(), gathered, whole: 0, failures: [], outage: null };
  }

  async #takeTurns(round: Round, signal: AbortSignal): Promise<void> {
    for (const externalId of round.queue) {
      if (signal.aborted || round.outage !== null || round.gathered.isGivenUp) return;
      const failure = await this.#read(externalId, round.gathered, signal);
      if (failure === null) round.whole += 1;
      else if (OF_THE_SOURCE.has(failure.code)) round.outage = failure;
      else round.failures.push(failure);
    }
  }

  /** What fails for every one of several identities is no matter of one identity; a credential that is refused always is. */
  async #noteStanding({ whole, failures }: Round): Promise<void> {
    const { id, ask } = this.#source.descriptor;
    if (whole > 0) return this.#store.noteFailure(id, null);
    const [failure, ...more] = failures.filter(({ code }) => ask !== 'owner' || code !== 'SOURCE_REFUSED');
    if (failure !== undefined && more.length > 0) await this.#store.noteFailure(id, failure.toFailure());
  }

  #lookMs(): number {
    return Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, this.#source.pace.pollOpenAfterMs / 4));
  }

  async #due(): Promise<readonly string[]> {
    for (const [externalId, untilMs] of this.#resting) {
      if (untilMs <= performance.now()) this.#resting.delete(externalId);
    }
    const { descriptor, pace } = this.#source;
    const now = await this.#store.now();
    const openBefore = addMilliseconds(now, -pace.pollOpenAfterMs);
    const finalBefore = addMilliseconds(now, -pace.pollFinalAfterMs);
    const due = await this.#store.dueIdentities(descriptor.id, {
      openBefore,
      finalBefore,
      limit: this.#atMost + this.#resting.size,
      ...(descriptor.ask === 'owner' ? this.#readable : {}),
    });
    const ready = due.filter(({ externalId }) => !this.#resting.has(externalId)).slice(0, this.#atMost);
    await this.#progress.onRound(ready, { openBefore, finalBefore });
    return ready.map(({ externalId }) => externalId);
  }

  /** Null when it was read whole; it is in the store when the round ends. */
  async #read(externalId: string, gathered: GatheredReads, signal: AbortSignal): Promise<SourceError | null> {
    const readStartedAt = await this.#store.now();
    try {
      const read = await fetchIdentity(this.#store, this.#source, externalId, { pace: 'BACKGROUND', signal });
      gathered.add({ readStartedAt, read, identitiesRead: readWhole(read, externalId) });
      const lack = lackOf(read);
      if (lack === null) return null;
      this.#rest(externalId);
      return new SourceError(lack.code, lack.message, lack);
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof SourceError)) throw error;
      if (!OF_THE_SOURCE.has(error.code)) this.#rest(externalId);
      return error;
    }
  }

  #rest(externalId: string): void {
    this.#resting.set(externalId, performance.now() + this.#source.pace.pollOpenAfterMs);
  }

  async #failed(outage: SourceError): Promise<number> {
    const waitMs = this.#backoff.failed(outage);
    const { id } = this.#source.descriptor;
    this.#log.warn('Polling failed; it goes on later.', {
      source: id,
      code: outage.code,
      durationMs: Math.round(waitMs),
    });
    await this.#store.noteFailure(id, outage.toFailure());
    return waitMs;
  }
}
