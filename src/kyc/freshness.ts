/** STORED: never ask upstream. FRESH: ask when the copy is older than the source's max age. LIVE: always ask. Weakest first. */
export const freshnesses = ['STORED', 'FRESH', 'LIVE'] as const;
export type Freshness = (typeof freshnesses)[number];

export function strongest(one: Freshness, other: Freshness): Freshness {
  return freshnesses.indexOf(one) > freshnesses.indexOf(other) ? one : other;
}
