import type { SourceId } from '#kyc/source-id';
import type { Logger } from '#log';
import type { DueIdentity, Store } from '#store/store';

import { Rhythm } from './rhythm.ts';

/** So many users who were never read are a first sync; fewer are told of when they take long. */
const MANY = 50;

/** Tells the log how far the first reading of a source's known users is, while there are users who were never read. */
export class PollProgress {
  readonly #store: Store;
  readonly #source: SourceId;
  readonly #log: Logger;
  /** Since the first round with users who were never read; null without such. */
  #rhythm: Rhythm | null = null;
  #read = 0;
  #isTold = false;

  constructor(store: Store, source: SourceId, log: Logger) {
    this.#store = store;
    this.#source = source;
    this.#log = log;
  }

  /** `due`: whom this round reads. */
  async onRound(due: readonly DueIdentity[], before: Parameters<Store['pollState']>[1]): Promise<void> {
    const unread = due.filter(({ lastReadAt }) => lastReadAt === null).length;
    if (unread === 0) return this.#ended();
    this.#rhythm ??= new Rhythm();
    const perSecond = this.#rhythm.beat(this.#read);
    this.#read += unread;
    const begins = !this.#isTold && unread >= MANY;
    if (!begins && perSecond === null) return;
    const { known, neverRead } = await this.#store.pollState(this.#source, before);
    const progress = { source: this.#source, count: known - neverRead, total: known };
    if (begins) this.#log.info('The first reading of users begins.', progress);
    else this.#log.info('Reading users for the first time.', { ...progress, perSecond: perSecond ?? 0 });
    this.#isTold = true;
  }

  #ended(): void {
    const durationMs = this.#rhythm?.durationMs ?? 0;
    const told = { source: this.#source, count: this.#read, durationMs };
    if (this.#isTold) this.#log.info('The first reading of users is complete.', told);
    this.#rhythm = null;
    this.#read = 0;
    this.#isTold = false;
  }
}
