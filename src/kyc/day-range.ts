import { type Day, type Instant, instantOf } from './instant.ts';
import { parseTimeZone } from './time-zone.ts';
import type { InstantRange } from './verification-filter.ts';

/** Calendar days, both inclusive; a null end is open. */
export interface DayRange {
  readonly from: Day | null;
  readonly to: Day | null;
  /** What `parseTimeZone` reads; null is UTC. */
  readonly timeZone: string | null;
}

/** A range that means no days. The message is for the caller and repeats nothing that was given. */
export class DayRangeError extends RangeError {
  override readonly name = 'DayRangeError';
}

/**
 * The instants of calendar days in a zone, where a day may have 23 or 25 hours, begin at one o'clock, or be left out.
 *
 * @throws DayRangeError for an unknown zone, or when `from` is after `to`
 */
export function rangeOfDays({ from, to, timeZone }: DayRange): InstantRange {
  const zone = parseTimeZone(timeZone ?? 'UTC');
  if (zone === null) {
    throw new DayRangeError(
      'The time zone is none: give an IANA name, Z, UTC, GMT, or an offset such as +2, -05:30 or UTC+1.',
    );
  }
  if (from !== null && to !== null && from > to) {
    throw new DayRangeError('The first day of the range is after its last.');
  }
  return {
    from: from === null ? null : startOf(Temporal.PlainDate.from(from), zone),
    before: to === null ? null : startOf(Temporal.PlainDate.from(to).add({ days: 1 }), zone),
  };
}

/** Null, an open end, beyond the years that an instant can have: nothing lies there. */
function startOf(day: Temporal.PlainDate, zone: string): Instant | null {
  return instantOf(day.toZonedDateTime(zone).toInstant());
}
