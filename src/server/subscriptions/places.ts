import type { Principal } from '#access/principal';

type Caller = Pick<Principal, 'kind' | 'subject'>;

/** What callers hold at once in this process, each at most so much; a caller is their kind and subject. */
export class CallerPlaces {
  readonly most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.most = most;
  }

  /** A place that is not taken yet. */
  placeFor(caller: Caller): Place {
    return new Place(this, `${caller.kind} ${caller.subject}`);
  }

  /** For places alone. False when the caller has all of theirs. */
  take(caller: string): boolean {
    const taken = this.#taken.get(caller) ?? 0;
    if (taken >= this.most) return false;
    this.#taken.set(caller, taken + 1);
    return true;
  }

  /** For places alone. */
  giveBack(caller: string): void {
    const left = (this.#taken.get(caller) ?? 0) - 1;
    if (left > 0) this.#taken.set(caller, left);
    else this.#taken.delete(caller);
  }
}

/** Room for one thing of one caller: taken at most once, and given back for good. */
export class Place {
  readonly #places: CallerPlaces;
  readonly #caller: string;
  #state: 'FREE' | 'TAKEN' | 'OVER' = 'FREE';

  constructor(places: CallerPlaces, caller: string) {
    this.#places = places;
    this.#caller = caller;
  }

  get most(): number {
    return this.#places.most;
  }

  /** False when the caller has all of theirs, or this one was given back. */
  take(): boolean {
    if (this.#state === 'FREE' && this.#places.take(this.#caller)) this.#state = 'TAKEN';
    return this.#state === 'TAKEN';
  }

  /** May be said again, and where nothing was taken. */
  release(): void {
    if (this.#state === 'TAKEN') this.#places.giveBack(this.#caller);
    this.#state = 'OVER';
  }
}
