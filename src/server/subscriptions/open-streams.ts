const TELL_EVERY_MS = 25;
/** However many there are, the last one hears by then. */
const TELL_WITHIN_MS = 5000;
/** So many at least: where there are few, all hear at once. */
const LEAST_PER_SECOND = 400;

/** A connection that would go on for as long as its client likes. */
export interface OpenStream {
  /** Ends it so that its client comes again by itself. */
  leave(): void;
}

/** Those that are open, so that they can be told when the process is to end. */
export class OpenStreams {
  readonly #streams = new Set<OpenStream>();
  #isLeaving = false;

  get count(): number {
    return this.#streams.size;
  }

  /** One that opens while the others leave does so too. */
  add(stream: OpenStream): void {
    this.#streams.add(stream);
    if (this.#isLeaving) stream.leave();
  }

  remove(stream: OpenStream): void {
    this.#streams.delete(stream);
  }

  /** Tells them one after the other: all at once they would all come again at once. Resolves when each was told. */
  async leaveAll(): Promise<void> {
    this.#isLeaving = true;
    const streams = [...this.#streams];
    const perMs = Math.max(LEAST_PER_SECOND / 1000, streams.length / TELL_WITHIN_MS);
    const startedMs = performance.now();
    // By the clock: on a machine that is busy a tick comes late, and the last one still hears in time.
    for (let told = 0; told < streams.length; ) {
      if (told > 0) await new Promise((resolve) => setTimeout(resolve, TELL_EVERY_MS));
      const due = Math.ceil(perMs * (performance.now() - startedMs + TELL_EVERY_MS));
      for (const stream of streams.slice(told, due)) stream.leave();
      told = due;
    }
  }
}
