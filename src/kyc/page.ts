/** Where a row stands in an ordered list: its sort value (null sorts last), then its id. */
export interface Position {
  readonly value: string | null;
  readonly id: string;
}

/**
 * A slice of an ordered list. `take` rows from the start (FORWARD, `first`) or the end (BACKWARD, `last`) of what lies
 * strictly between `after` and `before`.
 */
export interface PageRequest {
  readonly take: number;
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly after: Position | null;
  readonly before: Position | null;
}

/** Rows in list order whatever the direction of paging; both flags are exact over the whole list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}
