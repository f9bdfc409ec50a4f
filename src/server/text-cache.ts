/** A parsed text takes a hundred times its length: this much of them is 25 MB. */
const MAX_CHARACTERS = 250_000;

/**
 * What was found of the texts that were asked last, bounded by the length of all of them: as many entries as Yoga's own
 * cache holds, of the longest texts that pass, would be more than a gigabyte.
 */
export class TextCache<Found> {
  readonly #found = new Map<string, Found>();
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters = MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  get(text: string): Found | undefined {
    const found = this.#found.get(text);
    if (found !== undefined) this.set(text, found);
    return found;
  }

  set(text: string, found: Found): void {
    this.#forget(text);
    this.#found.set(text, found);
    this.#characters += text.length;
    for (const oldest of this.#found.keys()) {
      if (this.#characters <= this.#maxCharacters) return;
      this.#forget(oldest);
    }
  }

  #forget(text: string): void {
    if (this.#found.delete(text)) this.#characters -= text.length;
  }
}
