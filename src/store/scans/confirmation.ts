/** Records that two complete scans did not see, and that are too many to be taken for deleted unasked. */
export interface HeldBack {
  /** The scan (its generation) that held back the last of them: what a confirmation names. */
  readonly scan: number;
  /** How many of them the last complete scan still missed, and of how many records. */
  readonly records: number;
  readonly of: number;
}

/** What came of an operator's word. */
export interface Confirmation {
  readonly deleted: number;
  /** What is held back, where another scan was named than holds it: nothing was done. */
  readonly otherwise: HeldBack | null;
}
