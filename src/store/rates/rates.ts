/** What became of a request to take from a budget. */
export type Taken =
  | { readonly isTaken: true }
  /** Nothing was taken. Whole seconds after which it may be asked again; null: it is more than the budget ever holds. */
  | { readonly isTaken: false; readonly retryAfterS: number | null };

/** Budgets that fill again by the minute: what a caller may cost, how often a subject may search. */
export interface Rates {
  /**
   * Takes `cost` from the budget of `key`, which holds `perMinute` at most and fills evenly; all gateways of a store draw
   * on the same one. What is refused takes nothing, so that asking again costs nothing. Of the key a hash is kept.
   * @throws StoreUnavailableError when the store cannot be asked
   */
  take(key: string, cost: number, perMinute: number): Promise<Taken>;
}

export const MINUTE_MS = 60_000;
/** Sums of times are exact to less than this; without it what fits to the last unit would be refused now and then. */
export const ROUNDING_MS = 0.001;
/** After how many takes what is full again is forgotten. */
export const SWEEP_EVERY = 1000;

export const TAKEN: Taken = { isTaken: true };

export function refusedFor(milliseconds: number): Taken {
  return { isTaken: false, retryAfterS: Math.max(1, Math.ceil(milliseconds / 1000)) };
}
/** However long it waits, a budget never holds so much. */
export const NEVER: Taken = { isTaken: false, retryAfterS: null };
