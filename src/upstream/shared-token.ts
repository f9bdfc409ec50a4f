import { orAborted } from './deadline.ts';

/** A token as its endpoint granted it. */
export interface GrantedToken {
  readonly value: string;
  /** Lifetime from the request on; null where the endpoint does not say: it is then used until it is refused. */
  readonly lifetimeMs: number | null;
}

const MAX_MARGIN_MS = 60_000;
/** Of short lifetimes only this share is kept back, so that a token of seconds is not asked for at every call. */
const MARGIN_SHARE = 0.1;

interface HeldToken {
  readonly value: string;
  /** By the monotonic clock. */
  readonly renewAtMs: number;
}

/**
 * One token for all calls of a source. However many callers wait, one request is under way; it has a deadline of its
 * own, so that a caller who gives up does not take it from the others. A failed request is not remembered.
 */
export class SharedToken {
  readonly #request: () => Promise<GrantedToken>;
  #held: HeldToken | null = null;
  #underWay: Promise<string> | null = null;

  constructor(request: () => Promise<GrantedToken>) {
    this.#request = request;
  }

  get(signal?: AbortSignal): Promise<string> {
    if (this.#held !== null && performance.now() < this.#held.renewAtMs) {
      return Promise.resolve(this.#held.value);
    }
    this.#underWay ??= this.#renew().finally(() => {
      this.#underWay = null;
    });
    return orAborted(this.#underWay, signal);
  }

  /** Forgets the token if it is still the one that was refused; a newer one stays. */
  drop(refused: string): void {
    if (this.#held?.value === refused) this.#held = null;
  }

  async #renew(): Promise<string> {
    const askedAtMs = performance.now();
    const { value, lifetimeMs } = await this.#request();
    const marginMs = Math.min(MAX_MARGIN_MS, (lifetimeMs ?? 0) * MARGIN_SHARE);
    const renewAtMs = lifetimeMs === null ? Number.POSITIVE_INFINITY : askedAtMs + lifetimeMs - marginMs;
    this.#held = { value, renewAtMs };
    return value;
  }
}
