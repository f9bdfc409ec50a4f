/**
 * Where a log is: told by what a backup does not carry along, so that a log that was put back, or copied, is known. Its
 * positions may come to mean other rows.
 */
export interface LogPlace {
  /** Says where it is, the same as long as it stays there. */
  read(): Promise<string>;
  /** The same of a log that is to stay here from now on. */
  settle(): Promise<string>;
  /** The last position of the log that was noted here; 0 where none was. */
  readHead(): Promise<number>;
  noteHead(position: number): Promise<void>;
}
