/**
 * One thing after the other. Work that nobody waits for goes through one lane to the writer, so that what somebody
 * waits for never stands behind more than one batch of it.
 */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that was asked for before has ended, however it ended. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
