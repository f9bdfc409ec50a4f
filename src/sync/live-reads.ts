import { verificationId } from '#kyc/id';
import { type Instant, now } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { Logger } from '#log';
import type { ReadOptions, Source, SourceRead } from '#sources/source';
import type { Store } from '#store/store';
import { SourceError } from '#upstream/source-error';

import { fetchIdentity } from './fetch-identity.ts';
import { ingestSourceOf, type Lesson, learn, readWhole } from './learn.ts';

/** What a source said just now. */
export interface LiveRead {
  readonly read: SourceRead;
  /** When its request was started, by the store's clock. */
  readonly readStartedAt: Instant;
  readonly observedAt: Instant;
  /** Settles when the store has taken it in; never rejects. */
  readonly learnt: Promise<void>;
}

/**
 * Reads on behalf of callers. What they learn goes into the store off the response path, so that it becomes a change
 * that subscribers hear of too.
 */
export class LiveReads {
  readonly #store: Store;
  readonly #sources: ReadonlyMap<SourceId, Source>;
  readonly #log: Logger;
  /** Reads, and what they learn, that are not at their end yet. */
  readonly #underway = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(store: Store, sources: ReadonlyMap<SourceId, Source>, log: Logger) {
    this.#store = store;
    this.#sources = sources;
    this.#log = log;
  }

  /** All that a source has of one identity. @throws SourceError */
  fetchIdentity(id: SourceId, externalId: string, options: { refresh?: boolean } = {}): Promise<LiveRead> {
    return this.#track(async () => {
      const source = this.#source(id);
      const readStartedAt = await this.#store.now();
      const read = await fetchIdentity(this.#store, source, externalId, { ...this.#options(), ...options });
      return await this.#learn({ source, readStartedAt, read }, externalId);
    });
  }

  /** One record by id; null when the source says that there is none: it is then buried. @throws SourceError */
  fetchRecord(
    id: SourceId,
    ref: { externalId: string; externalUserId: string | null },
  ): Promise<LiveRead | null> {
    return this.#track(async () => {
      const source = this.#source(id);
      if (source.fetchById === undefined)
        throw new TypeError('Only a source that reads by id can be asked for a record.');
      const readStartedAt = await this.#store.now();
      const read = await source.fetchById(ref, this.#options());
      if (read !== null) return await this.#learn({ source, readStartedAt, read }, null);
      await this.#store.bury({
        source: ingestSourceOf(source),
        verificationIds: [verificationId(source.descriptor.kind, id, ref.externalId)],
        learntBy: 'READ',
        readStartedAt,
      });
      return null;
    });
  }

  /** Waits until all that was read is in the store. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.allSettled(this.#underway);
  }

  /** Gives up on sources that have not answered yet, and waits until all that was read is in the store. */
  async close(): Promise<void> {
    this.#closing.abort(new SourceError('SOURCE_UNREACHABLE', 'The gateway is closing.'));
    await this.settled();
  }

  #options(): ReadOptions {
    return { pace: 'READ', signal: this.#closing.signal };
  }

  #track<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = work().finally(() => this.#underway.delete(result));
    this.#underway.add(result);
    return result;
  }

  #source(id: SourceId): Source {
    const source = this.#sources.get(id);
    if (source === undefined) throw new TypeError('Only a source that is switched on can be asked.');
    return source;
  }

  /** `externalId`: whom the read asked for whole; null for a read of one record. */
  async #learn(
    said: Pick<Lesson, 'source' | 'readStartedAt' | 'read'>,
    externalId: string | null,
  ): Promise<LiveRead> {
    const { readStartedAt, source } = said;
    const observedAt = now();
    const learnt = this.#track(() => this.#keep(said, externalId)).catch((error: unknown) => {
      this.#log.error('A live read could not be stored.', { source: source.descriptor.id, error });
    });
    // The store sees to this itself, with what is erased by then.
    const { erasures } = this.#store;
    const records = await erasures.withoutErased(source.descriptor.id, said.read.records);
    return { read: { ...said.read, records }, readStartedAt, observedAt, learnt };
  }

  async #keep(
    said: Pick<Lesson, 'source' | 'readStartedAt' | 'read'>,
    externalId: string | null,
  ): Promise<void> {
    const isNobody = said.read.records.length === 0 && !(await this.#isKnown(said.source, externalId));
    if (isNobody) return;
    const identitiesRead = externalId === null ? [] : readWhole(said.read, externalId);
    await learn(this.#store, { ...said, learntBy: 'READ', identitiesRead, scan: null });
  }

  /** Whoever a source has no records of is not made a user by being asked for. */
  async #isKnown(source: Source, externalId: string | null): Promise<boolean> {
    if (externalId === null) return false;
    const [user] = await this.#store.readUsersByIdentity(
      [{ source: source.descriptor.id, externalId }],
      SEES_ALL,
    );
    return user != null;
  }
}
