import type { History } from './history.ts';
import { NAMES, type Written } from './people.ts';
import type { Name, Watcher } from './world-state.ts';

/** What a subscriber was given, when, and when the event before it was: it was judged between the two. */
export interface Given {
  readonly text: string;
  readonly atMs: number;
  readonly afterMs: number;
}
export interface Subscription {
  readonly watcher: Watcher;
  readonly field: 'statusChanged' | 'userKycChanged';
  readonly given: readonly Given[];
}

export interface Verdict {
  events: number;
  /** Given to who could not see it at any moment at which it may have been judged, or with a word of somebody whom they could not. */
  foreign: number;
  /** Seen all the time, and not given. */
  missing: number;
  twice: number;
  /** Given, and out of sight by the time at which they came: judged before. */
  onTheirWay: number;
  /** Not given, and not seen all the time. */
  withheld: number;
  /** The first few faults. */
  readonly told: string[];
}

interface Event {
  readonly verificationId?: string;
  readonly sequence: number;
  readonly userId?: string;
}
const FAULTS_TOLD = 20;

/** Holds what was given against who may see what. */
export class Judge {
  readonly verdict: Verdict = {
    events: 0,
    foreign: 0,
    missing: 0,
    twice: 0,
    onTheirWay: 0,
    withheld: 0,
    told: [],
  };
  readonly #history: History;
  readonly #written: ReadonlyMap<string, Written>;
  readonly #lastBatch: number;

  constructor(history: History, written: readonly Written[]) {
    this.#history = history;
    this.#written = new Map(written.map((one) => [keyOf(one), one]));
    this.#lastBatch = written.at(-1)?.batch ?? 0;
  }

  look(subscription: Subscription): void {
    for (const given of subscription.given) this.#lookAt(given, subscription);
    if (subscription.field === 'statusChanged') this.#countMissing(subscription);
  }

  #lookAt({ text, atMs, afterMs }: Given, { watcher, field }: Subscription): void {
    this.verdict.events += 1;
    const event = eventIn(text, field);
    if (event === null) return this.#fault('foreign', `${watcher.name} was told an error: ${codesIn(text)}`);
    const row = this.#written.get(keyOf(event));
    const states = this.#history.between(Math.max(afterMs, row?.sentMs ?? afterMs), atMs);
    const sees = (name: Name) => states.some((state) => state.sees(watcher, name));
    const isSeen =
      field === 'statusChanged'
        ? row !== undefined && sees(row.name)
        : states.some((state) => state.seesUser(watcher, event.userId ?? ''));
    const others = [...text.matchAll(NAMES)].filter(([name, source]) => !sees(`${source} ${name}`));
    if (!isSeen || others.length > 0)
      return this.#fault('foreign', `${watcher.name}: ${field}${isSeen ? ' names others' : ''}`);
    const now = states.at(-1);
    if (row !== undefined && now?.sees(watcher, row.name) === false) this.verdict.onTheirWay += 1;
  }

  #countMissing({ watcher, given }: Subscription): void {
    const heard = given.flatMap(({ text, atMs }) => {
      const row = this.#written.get(keyOf(eventIn(text, 'statusChanged') ?? { sequence: 0 }));
      return row === undefined ? [] : [{ row, atMs }];
    });
    const counts = Map.groupBy(heard, ({ row }) => row);
    for (const [row, { length }] of counts)
      if (length > 1) this.#fault('twice', `${watcher.name}: ${row.name} ${row.sequence}`);
    const firstOfBatch = firstHeard(heard);
    for (const row of this.#written.values()) {
      // The last batch tells who has passed what lies before it.
      if (counts.has(row) || row.batch === this.#lastBatch) continue;
      const passedMs = firstOfBatch[row.batch + 1] ?? Number.POSITIVE_INFINITY;
      const states = this.#history.between(row.sentMs, passedMs);
      if (states.every((state) => state.sees(watcher, row.name)))
        this.#fault('missing', `${watcher.name}: ${row.name} ${row.sequence}`);
      else this.verdict.withheld += 1;
    }
  }

  #fault(kind: 'foreign' | 'missing' | 'twice', what: string): void {
    this.verdict[kind] += 1;
    if (this.verdict.told.length < FAULTS_TOLD) this.verdict.told.push(`${kind}: ${what}`);
  }
}

/** By the number of a batch: when something of that batch or a later one was first heard. */
function firstHeard(heard: readonly { readonly row: Written; readonly atMs: number }[]): readonly number[] {
  const first: number[] = [];
  for (const { row, atMs } of heard)
    first[row.batch] = Math.min(first[row.batch] ?? Number.POSITIVE_INFINITY, atMs);
  for (let batch = first.length - 2; batch >= 0; batch -= 1)
    first[batch] = Math.min(first[batch] ?? Number.POSITIVE_INFINITY, first[batch + 1] ?? 0);
  return first;
}

export function eventIn(text: string, field: string): Event | null {
  const { data } = JSON.parse(text) as { data?: Readonly<Record<string, Event | null>> | null };
  return data?.[field] ?? null;
}

function codesIn(text: string): string {
  return [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code]) => code).join(' ');
}

/** Rows of one record are counted. */
export function keyOf({ verificationId = '', sequence }: Pick<Event, 'verificationId' | 'sequence'>): string {
  return `${verificationId} ${sequence}`;
}
