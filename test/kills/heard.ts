/** A change as a subscriber is given it, as far as it asked. */
export interface GivenChange {
  readonly verificationId?: string;
  readonly userId?: string | null;
  readonly sequence: number;
  readonly source?: string;
  readonly to: string;
  readonly sourceStatus?: string | null;
  readonly outcome?: string | null;
  readonly effective?: boolean;
  readonly sourceEventId?: string | null;
}

/** Cursors that a client could go back to. */
const REMEMBERED = 100;

/**
 * What one subscriber heard, resumed or not, and whatever it may not have heard. Each change comes once, in one order;
 * again only behind an older cursor that it was asked for from, and then all of them, the same, in the same order.
 */
export class Heard<Change extends GivenChange = GivenChange> {
  readonly changes: Change[] = [];
  readonly keys: string[] = [];
  readonly faults: string[] = [];
  /** Events that came again behind an older cursor. */
  repeated = 0;
  /** How often it was connected. */
  connections = 0;
  timesGoneBack = 0;
  readonly #seen = new Set<string>();
  readonly #recent: { readonly place: number; readonly cursor: string }[] = [];
  /** Where the next event stands among all. */
  #next = 0;
  #cursor: string;

  constructor(after: string) {
    this.#cursor = after;
  }

  hear(change: Change, cursor: string): void {
    const key = keyOf(change);
    const place = this.#next;
    this.#next += 1;
    this.#cursor = cursor;
    if (place < this.keys.length) {
      this.repeated += 1;
      if (this.keys[place] !== key)
        this.faults.push(`at ${place} ${key} comes again, not ${this.keys[place]}`);
      return;
    }
    if (this.#seen.has(key)) this.faults.push(`${key} comes twice`);
    this.#seen.add(key);
    this.keys.push(key);
    this.changes.push(change);
    this.#recent.push({ place, cursor });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }

  /** A position without an event. */
  reach(cursor: string): void {
    this.#cursor = cursor;
  }

  /** The cursor to go on from: the last one. */
  get cursor(): string {
    return this.#cursor;
  }

  /** Goes back to an event before the last one, if there is such an event. @param random from 0 to 1 */
  goBack(random: number): void {
    const older = this.#recent[Math.floor(random * (this.#recent.length - 1))];
    if (older === undefined) return;
    this.timesGoneBack += 1;
    this.#next = older.place + 1;
    this.#cursor = older.cursor;
  }
}

/** What of the log a change is, whoever is told of it. */
export function keyOf({ verificationId, userId, sequence }: GivenChange): string {
  return `${verificationId ?? userId} ${sequence}`;
}
