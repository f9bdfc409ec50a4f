import { day, fromEpochMilliseconds, fromEpochSeconds, fromRfc3339, type Nanoseconds } from './time.ts';

export interface Fault {
  readonly path: string;
  readonly expected: string;
}

/**
 * Reads a payload field by field, by hand: null, absent and '' are null; what is of another form is null too and named
 * among the faults.
 */
export class RawRow {
  readonly #row: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly faults: Fault[];

  constructor(row: unknown, path = '', faults: Fault[] = []) {
    this.#row = Object.fromEntries(typeof row === 'object' && row !== null ? Object.entries(row) : []);
    this.#path = path;
    this.faults = faults;
  }

  text(name: string): string | null {
    return this.#read(name, 'text', (value) => (typeof value === 'string' ? value : null));
  }

  /** An id that names something elsewhere. */
  id(name: string): string | null {
    return this.#read(name, 'id of at most 200 characters', (value) =>
      typeof value === 'string' ? value : null,
    );
  }

  flag(name: string): boolean | null {
    return this.#read(name, 'true or false', (value) => (typeof value === 'boolean' ? value : null));
  }

  day(name: string): string | null {
    return this.#read(name, 'day as YYYY-MM-DD', (value) => (typeof value === 'string' ? day(value) : null));
  }

  rfc3339(name: string): Nanoseconds | null {
    return this.#read(name, 'RFC 3339 time', (value) =>
      typeof value === 'string' ? fromRfc3339(value) : null,
    );
  }

  epochSeconds(name: string): Nanoseconds | null {
    return this.#read(name, 'time in epoch seconds', (value) =>
      typeof value === 'number' ? fromEpochSeconds(value) : null,
    );
  }

  /** Epoch milliseconds; text would be ISO 8601. */
  milliseconds(name: string): Nanoseconds | null {
    return this.#read(name, 'time in epoch milliseconds or ISO 8601', (value) =>
      typeof value === 'number' ? fromEpochMilliseconds(value) : fromRfc3339(String(value)),
    );
  }

  /** The object as sent. */
  json(name: string): object | null {
    return this.#read(name, 'object', (value) =>
      typeof value === 'object' && !Array.isArray(value) ? value : null,
    );
  }

  /** The object below a name, read in turn; null where there is none. */
  below(name: string): RawRow | null {
    const value = this.json(name);
    return value === null ? null : new RawRow(value, `${this.#path}${name}.`, this.faults);
  }

  /** The objects of a list; none where there is no list. */
  list(name: string): RawRow[] {
    const items = this.#row[name];
    if (!Array.isArray(items)) return [];
    return items.map((item, index) => new RawRow(item, `${this.#path}${name}.${index}.`, this.faults));
  }

  /** The words of a list. */
  words(name: string): string[] {
    const items = this.#row[name];
    return Array.isArray(items) ? items.map(String) : [];
  }

  #read<Value>(name: string, expected: string, read: (value: unknown) => Value | null): Value | null {
    const sent = this.#row[name] ?? null;
    if (sent === null || sent === '') return null;
    const value = read(sent);
    if (value === null) this.faults.push({ path: `${this.#path}${name}`, expected });
    return value;
  }
}
