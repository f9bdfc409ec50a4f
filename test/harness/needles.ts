/** Finds any of many texts within bytes in one pass: as quick for thousands as for one. */
export class Needles<Meaning> {
  readonly #byHead = new Map<number, { readonly bytes: Uint8Array; readonly meaning: Meaning }[]>();
  /** A bit for each three bytes that one begins with: nearly all places are passed over by it. */
  readonly #beginnings = new Uint8Array(2 ** 21);

  constructor(needles: Iterable<readonly [Uint8Array, Meaning]>) {
    for (const [bytes, meaning] of needles) {
      if (bytes.length < 4) throw new RangeError('What is looked for has four bytes at least.');
      const three = threeOf(bytes, 0);
      this.#beginnings[three >> 3] = (this.#beginnings[three >> 3] ?? 0) | (1 << (three & 7));
      const head = headOf(bytes, 0);
      const alike = this.#byHead.get(head) ?? [];
      this.#byHead.set(head, [...alike, { bytes, meaning }]);
    }
  }

  /** What each place means where one of them stands. */
  *in(bytes: Uint8Array): Iterable<Meaning> {
    const last = bytes.length - 4;
    for (let at = 0; at <= last; at += 1) {
      const three = threeOf(bytes, at);
      if (((this.#beginnings[three >> 3] ?? 0) & (1 << (three & 7))) === 0) continue;
      for (const { bytes: needle, meaning } of this.#byHead.get(headOf(bytes, at)) ?? [])
        if (standsAt(bytes, at, needle)) yield meaning;
    }
  }
}

function threeOf(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

function headOf(bytes: Uint8Array, at: number): number {
  return threeOf(bytes, at) + (bytes[at + 3] ?? 0) * 2 ** 24;
}

function standsAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at + needle.length > bytes.length) return false;
  for (let n = 4; n < needle.length; n += 1) if (bytes[at + n] !== needle[n]) return false;
  return true;
}
