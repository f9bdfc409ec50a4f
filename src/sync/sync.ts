import { fromEpochMilliseconds, type Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import type { Logger } from '#log';
import type { Source } from '#sources/source';
import type { Store } from '#store/store';

import { createHousekeeping, createSourceDuty, type HousekeepingOptions, nameOfSourceDuty } from './duty.ts';
import { DutyRoster } from './duty-roster.ts';
import { LiveReads } from './live-reads.ts';
import { WebhookIntake } from './webhook-intake.ts';
import { WebhookWorker } from './webhook-worker.ts';

const POLICY_BATCH = 200;

/**
 * Keeps the store in step with the sources, each in a loop of its own: one that is down stops no other. Of several
 * gateways on a store one reads each source; what sources tell and callers ask is worked on by whichever is told or asked.
 */
export class Sync {
  readonly live: LiveReads;
  readonly webhooks: WebhookIntake;
  readonly #store: Store;
  readonly #sources: readonly Source[];
  readonly #roster: DutyRoster;
  readonly #webhookWorkers: ReadonlyMap<SourceId, WebhookWorker>;

  constructor(
    store: Store,
    sources: readonly Source[],
    log: Logger,
    options: HousekeepingOptions = { changeRetentionDays: null },
  ) {
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
    const duties = sources.flatMap((source) => createSourceDuty(source, log) ?? []);
    this.#roster = new DutyRoster(store, [...duties, createHousekeeping(log, options)], log);
  }

  async start(): Promise<void> {
    while ((await this.#store.applyPolicy(POLICY_BATCH)) > 0);
    for (const { descriptor, owners } of this.#sources) {
      if (owners.length === 0) continue;
      await this.#store.addIdentities(
        owners.map(({ externalId }) => ({ source: descriptor.id, externalId })),
      );
    }
    await this.#roster.start();
    for (const worker of this.#webhookWorkers.values()) worker.start();
  }

  /** Brings the next look at a source forward; a whole scan at most every 30 seconds. */
  bringForward(source: SourceId): void {
    this.#roster.bringForward(nameOfSourceDuty(source));
  }

  /** Identities that nobody may have seen yet: where only known users are read, they are read soon. */
  noteIdentities(identities: readonly IdentityRef[]): void {
    const named = new Set(identities.map(({ source }) => source));
    for (const { descriptor, fetchPage } of this.#sources) {
      if (fetchPage === undefined && named.has(descriptor.id)) this.bringForward(descriptor.id);
    }
  }

  /** When a source is looked at next, by whichever gateway does; null while it is, or never. */
  nextSyncAt(source: SourceId): Instant | null {
    const nextAtMs = this.#roster.nextAtMs(nameOfSourceDuty(source));
    return nextAtMs === null ? null : fromEpochMilliseconds(nextAtMs);
  }

  /** Ends all loops after what they have in hand, and waits until all that was read is stored. */
  async stop(): Promise<void> {
    await Promise.all([this.#roster, ...this.#webhookWorkers.values()].map((part) => part.stop()));
    await this.live.close();
  }
}
