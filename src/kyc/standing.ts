import { type Instant, millisecondsBetween } from './instant.ts';
import { incomplete, type SourceFailure, type SourceReport } from './source-report.ts';

/** What one source, or one identity at it, contributed: a report that does not say whose. */
export type Standing = Omit<SourceReport, 'source'>;

export const NOT_APPLICABLE: Standing = { state: 'NOT_APPLICABLE', asOf: null, error: null };

const WORST_FIRST = ['PARTIAL', 'STALE', 'COMPLETE'] as const;

/**
 * Several identities at one source make one report: UNAVAILABLE when none gave anything, PARTIAL when only some did,
 * else the worst of them. The error is that of the part which decided; `asOf` is the oldest.
 */
export function joinStandings(parts: readonly Standing[]): Standing {
  const given = parts.filter(({ state }) => state !== 'UNAVAILABLE');
  const missing = parts.find(({ state }) => state === 'UNAVAILABLE');
  if (given.length === 0) return missing ?? NOT_APPLICABLE;
  const asOf = oldest(given.map((part) => part.asOf));
  if (missing !== undefined) return { state: 'PARTIAL', asOf, error: missing.error };
  const worst = WORST_FIRST.flatMap((state) => given.find((part) => part.state === state) ?? [])[0];
  return { state: worst?.state ?? 'COMPLETE', asOf, error: worst?.error ?? null };
}

/** Null where any is null: of that part nobody can say since when it is true. */
function oldest(instants: readonly (Instant | null)[]): Instant | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length < instants.length ? null : (known.toSorted()[0] ?? null);
}

/** For what was read by whole scans: STALE once the last complete one is older than twice the interval. */
export function standingOfScan(
  scan: { asOf: Instant; failure: SourceFailure | null },
  now: { at: Instant; scanEveryMs: number },
): Standing {
  const { asOf, failure } = scan;
  if (millisecondsBetween(asOf, now.at) <= 2 * now.scanEveryMs)
    return { state: 'COMPLETE', asOf, error: null };
  const error = failure ?? incomplete('The last complete scan is older than twice the scan interval.');
  return { state: 'STALE', asOf, error };
}
