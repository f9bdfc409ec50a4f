import { addDays, type Day, FIRST_DAY, type Instant, instantOf, LAST_DAY } from './instant.ts';

export const periodUnits = ['DAY', 'WEEK', 'MONTH'] as const;
export type PeriodUnit = (typeof periodUnits)[number];

/** A run of instants that lies in one period of a calendar. */
export interface PeriodPart {
  /** The first day of the day, ISO week or month; never before 0000-01-01. */
  readonly period: Day;
  /** Inclusive; null: from the first instant of the UTC day that was asked about. */
  readonly since: Instant | null;
  /** Exclusive; null: to its end. */
  readonly before: Instant | null;
}

/** The first day of the period in which a day lies. */
export function firstDayOf(day: Day, unit: PeriodUnit): Day {
  if (unit === 'DAY') return day;
  if (unit === 'MONTH') return `${day.slice(0, 7)}-01` as Day;
  return addDays(day, 1 - Temporal.PlainDate.from(day).dayOfWeek);
}

/**
 * Cuts UTC days into the parts that lie in different periods of a zone's calendar, in order. A day of the zone goes from
 * its first instant to the next day's, as ranges of days do (day-range.ts): where a clock that is put back shows
 * a day once more, it has ended all the same.
 */
export function createPeriodCutter(
  unit: PeriodUnit,
  timeZone: string,
): (utcDay: Day) => readonly PeriodPart[] {
  if (timeZone === 'UTC') return (day) => [{ period: firstDayOf(day, unit), since: null, before: null }];
  const starts = new Map<string, bigint>();
  const startOf = (date: Temporal.PlainDate): bigint => {
    const known = starts.get(date.toString());
    if (known !== undefined) return known;
    const start = date.toZonedDateTime(timeZone).epochNanoseconds;
    starts.set(date.toString(), start);
    return start;
  };
  return (utcDay) => {
    const date = Temporal.PlainDate.from(utcDay);
    const from = date.toZonedDateTime('UTC').epochNanoseconds;
    const end = date.add({ days: 1 }).toZonedDateTime('UTC').epochNanoseconds;
    const parts: PeriodPart[] = [];
    // No zone is more than two days from UTC, not even where a day was left out.
    for (let days = -2; days <= 2; days += 1) {
      const local = date.add({ days });
      const [since, before] = [startOf(local), startOf(local.add({ days: 1 }))];
      if (since >= end || before <= from || since >= before) continue;
      parts.push({
        period: firstDayOf(dayNearest(local), unit),
        since: since <= from ? null : instantAt(since),
        before: before >= end ? null : instantAt(before),
      });
    }
    return parts;
  };
}

function instantAt(nanoseconds: bigint): Instant | null {
  return instantOf(Temporal.Instant.fromEpochNanoseconds(nanoseconds));
}

/** Days of a zone may lie beyond the years that a Day can have. */
function dayNearest(date: Temporal.PlainDate): Day {
  if (date.year < 0) return FIRST_DAY;
  return date.year > 9999 ? LAST_DAY : (date.toString() as Day);
}
