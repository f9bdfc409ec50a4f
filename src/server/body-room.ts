/** Where the bytes of a body that is coming are counted. */
export interface BodyPlace extends Disposable {
  add(bytes: number): void;
}

/**
 * Memory for bodies that come from who did not prove anything yet. When it is full, the body that has been coming for
 * longest is given up: an honest one is there within a moment, so whoever sends slowly on purpose keeps nobody out.
 */
export class BodyRoom {
  readonly #most: number;
  /** In the order in which they began. */
  readonly #coming = new Map<BodyPlace, { bytes: number; readonly giveUp: () => void }>();
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param giveUp called when its room is taken by others; nothing of the body may be kept after that */
  enter(giveUp: () => void): BodyPlace {
    const place: BodyPlace = {
      add: (bytes) => this.#add(place, bytes),
      [Symbol.dispose]: () => this.#leave(place),
    };
    this.#coming.set(place, { bytes: 0, giveUp });
    return place;
  }

  #add(place: BodyPlace, bytes: number): void {
    const body = this.#coming.get(place);
    if (body === undefined) return;
    body.bytes += bytes;
    this.#bytes += bytes;
    for (const [oldest, { giveUp }] of this.#coming) {
      if (this.#bytes <= this.#most) return;
      this.#leave(oldest);
      giveUp();
    }
  }

  #leave(place: BodyPlace): void {
    this.#bytes -= this.#coming.get(place)?.bytes ?? 0;
    this.#coming.delete(place);
  }
}
