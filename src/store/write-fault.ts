import { randomBytes } from 'node:crypto';

import type { Kysely } from 'kysely';

import { StoreUnavailableError } from './database.ts';
import type { Tables } from './tables.ts';

/** As much as a large batch writes: where little room is left, a smaller trial would go through and the next batch not. */
const TRIAL_BYTES = 1_048_576;
const TRIAL_KEY = 'write_trial';

/**
 * Whether the store could not be written when it was last tried: a full disk, a server that only reads. It is over when
 * a trial goes through, not when any write does.
 */
export class WriteFault {
  #stands = false;
  /** Those who ask at once share it. */
  #trial: Promise<boolean> | null = null;

  /** What an attempt to write threw. A fault of a statement is none of the store. */
  note(error: unknown): void {
    this.#stands ||= error instanceof StoreUnavailableError;
  }

  /** True while no fault stands; else tries to write, and says whether that went through. Never throws. */
  async isOver(write: Kysely<Tables>): Promise<boolean> {
    if (!this.#stands) return true;
    this.#trial ??= this.#try(write).finally(() => {
      this.#trial = null;
    });
    return await this.#trial;
  }

  /** Two transactions: what one takes away again might never come to the disk. */
  async #try(write: Kysely<Tables>): Promise<boolean> {
    const value = randomBytes(TRIAL_BYTES / 2).toString('hex');
    try {
      await write
        .insertInto('meta')
        .values({ key: TRIAL_KEY, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
      await write.deleteFrom('meta').where('key', '=', TRIAL_KEY).execute();
      this.#stands = false;
      return true;
    } catch {
      return false;
    }
  }
}
