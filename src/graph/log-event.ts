import type { GraphContext } from './context.ts';

/** What a subscription of the log comes by: a row of it, or a position alone. What executes events takes them apart. */
export class LogEvent<Row = unknown> {
  /** Sealed: up to here all is told that was meant, this row included. */
  readonly cursor: string;
  /** As its caller may have it now; null: nothing came for a while. */
  readonly row: Row | null;
  /** Of this event alone, and as new as what is said of the row. */
  readonly context: GraphContext;
  /**
   * The same row for who could not be given it before: judged again, under a context of now. Null when it is out of
   * sight by then.
   */
  readonly again: () => Promise<LogEvent<Row> | null>;

  constructor(given: Pick<LogEvent<Row>, 'cursor' | 'row' | 'context' | 'again'>) {
    this.cursor = given.cursor;
    this.row = given.row;
    this.context = given.context;
    this.again = given.again;
  }

  /** The row of an event that is executed. @throws TypeError where there is none */
  get given(): Row {
    if (this.row === null) throw new TypeError('A position is not executed.');
    return this.row;
  }
}
