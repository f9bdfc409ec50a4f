const FIRST_MS = Date.UTC(2024, 0, 1);

/** A time of its own for each index, a minute apart. */
export function isoAt(index: number, laterMs = 0): string {
  return new Date(FIRST_MS + index * 60_000 + laterMs).toISOString();
}

/** An id of its own for each kind (two hexadecimal digits) and index, in the form of a UUID. */
export function uuidOf(kind: string, index: number): string {
  // Spread, so that ids do not come in the order of an index of the store.
  const spread = Math.imul(index + 1, 0x9e37_79b1) >>> 0;
  return `${spread.toString(16).padStart(8, '0')}-0000-4000-80${kind}-${index.toString(16).padStart(12, '0')}`;
}
