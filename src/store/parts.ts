/** Rows of one INSERT: few enough for the parameters of any dialect, and for the event loop. */
export const ROWS_AT_ONCE = 400;

/** The rows in parts of at most `size`, in order. */
export function* partsOf<Row>(rows: readonly Row[], size: number = ROWS_AT_ONCE): Generator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
