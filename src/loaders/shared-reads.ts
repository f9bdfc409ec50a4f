/** Reads that several ask for at the same moment, done once. Only for what is the same whoever asks. */
export class SharedReads {
  readonly #underway = new Map<string, Promise<unknown>>();

  /** @param key says all that the read depends on; two reads of one key must be the same */
  read<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const held = this.#underway.get(key);
    if (held !== undefined) return held as Promise<Value>;
    const underway = read().finally(() => this.#underway.delete(key));
    this.#underway.set(key, underway);
    return underway;
  }
}
