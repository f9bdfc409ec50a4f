import { fromEpochMilliseconds, type Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import type { Logger } from '#log';
import type { Source } from '#sources/source';
import type { Store } from '#store/store';

import { createLapseSweep } from './lapse-sweep.ts';
import { LiveReads } from './live-reads.ts';
import type { Loop } from './loop.ts';
import { createPollWorker, SHORTEST_LOOK_MS } from './poll-worker.ts';
import { createScanWorker } from './scan-worker.ts';
import { createUpkeepLoop } from './upkeep.ts';
import { WebhookIntake } from './webhook-intake.ts';
import { WebhookWorker } from './webhook-worker.ts';

/** A hint or a refresh brings a whole scan forward at most this often. */
const MIN_SCAN_GAP_MS = 30_000;
const POLICY_BATCH = 200;

/** Keeps the store in step with the sources, each in a loop of its own: one that is down stops no other. */
export class Sync {
  readonly live: LiveReads;
  readonly webhooks: WebhookIntake;
  readonly #store: Store;
  readonly #sources: readonly Source[];
  readonly #workers = new Map<SourceId, Loop>();
  readonly #webhookWorkers: ReadonlyMap<SourceId, WebhookWorker>;
  readonly #sweep: Loop;
  readonly #upkeep: Loop;

  constructor(store: Store, sources: readonly Source[], log: Logger) {
    this.#store = store;
    this.#sources = sources;
    this.live = new LiveReads(store, new Map(sources.map((source) => [source.descriptor.id, source])), log);
    this.#webhookWorkers = new Map(
      sources
        .filter(({ webhooks }) => webhooks !== undefined)
        .map((source) => {
          const { id } = source.descriptor;
          return [id, new WebhookWorker(store, source, log, () => this.bringForward(id))];
        }),
    );
    this.webhooks = new WebhookIntake(store, sources, (id) => this.#webhookWorkers.get(id)?.wake());
    this.#sweep = createLapseSweep(store, log);
    this.#upkeep = createUpkeepLoop(store, log);
    for (const source of sources) {
      const worker = createWorker(store, source, log);
      if (worker !== null) this.#workers.set(source.descriptor.id, worker);
    }
  }

  async start(): Promise<void> {
    while ((await this.#store.applyPolicy(POLICY_BATCH)) > 0);
    for (const { descriptor, owners } of this.#sources) {
      if (owners.length === 0) continue;
      await this.#store.addIdentities(
        owners.map(({ externalId }) => ({ source: descriptor.id, externalId })),
      );
    }
    this.#sweep.start();
    this.#upkeep.start();
    for (const worker of this.#workers.values()) worker.start();
    for (const worker of this.#webhookWorkers.values()) worker.start();
  }

  /** Brings the next look at a source forward; a whole scan at most every 30 seconds. */
  bringForward(source: SourceId): void {
    const isScanned = this.#sources.some(
      ({ descriptor, fetchPage }) => descriptor.id === source && fetchPage !== undefined,
    );
    this.#workers.get(source)?.bringForward(isScanned ? MIN_SCAN_GAP_MS : SHORTEST_LOOK_MS);
  }

  /** Identities that nobody may have seen yet: where only known users are read, they are read soon. */
  noteIdentities(identities: readonly IdentityRef[]): void {
    const named = new Set(identities.map(({ source }) => source));
    for (const { descriptor, fetchPage } of this.#sources) {
      if (fetchPage === undefined && named.has(descriptor.id)) this.bringForward(descriptor.id);
    }
  }

  /** When a source is looked at next; null while it is, or never. */
  nextSyncAt(source: SourceId): Instant | null {
    const nextAtMs = this.#workers.get(source)?.nextAtMs ?? null;
    return nextAtMs === null ? null : fromEpochMilliseconds(nextAtMs);
  }

  /** Ends all loops after what they have in hand, and waits until all that was read is stored. */
  async stop(): Promise<void> {
    await Promise.all(
      [this.#sweep, this.#upkeep, ...this.#workers.values(), ...this.#webhookWorkers.values()].map((loop) =>
        loop.stop(),
      ),
    );
    await this.live.close();
  }
}

/** Null for a source that lists but is never to be scanned (scan interval 0). */
function createWorker(store: Store, source: Source, log: Logger): Loop | null {
  if (source.fetchPage === undefined) return createPollWorker(store, source, log);
  return source.pace.scanEveryMs === 0 ? null : createScanWorker(store, source, log);
}
