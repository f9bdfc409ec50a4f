import { StoreUnavailableError } from '#store/database';

interface Waiting<Item> {
  readonly item: Item;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Carries out work for what comes while the last of it is under way together: many transactions cost little more than
 * one. What cannot be done together is done one by one, so that an item that fails fails alone.
 */
export class Together<Item> {
  readonly #work: (items: readonly Item[]) => Promise<void>;
  readonly #keyOf: (item: Item) => string;
  #waiting: Waiting<Item>[] = [];
  #isRunning = false;

  /** @param keyOf items of one key are never in the same piece of work, and keep their order */
  constructor(work: (items: readonly Item[]) => Promise<void>, keyOf: (item: Item) => string) {
    this.#work = work;
    this.#keyOf = keyOf;
  }

  /** Resolves when it is done. @throws what the work threw for it */
  async add(item: Item): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ item, done });
    if (!this.#isRunning) void this.#run();
    await done.promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#do(this.#next());
    this.#isRunning = false;
  }

  #next(): readonly Waiting<Item>[] {
    const byKey = Map.groupBy(this.#waiting, ({ item }) => this.#keyOf(item));
    const firsts = new Set([...byKey.values()].flatMap(([first]) => first ?? []));
    this.#waiting = this.#waiting.filter((one) => !firsts.has(one));
    return [...firsts];
  }

  async #do(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.#work(group.map(({ item }) => item));
      for (const { done } of group) done.resolve();
    } catch (error) {
      if (group.length > 1 && !(error instanceof StoreUnavailableError)) {
        for (const one of group) await this.#do([one]);
        return;
      }
      for (const { done } of group) done.reject(error);
    }
  }
}
