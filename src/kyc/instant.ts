declare const instantBrand: unique symbol;
declare const dayBrand: unique symbol;

/**
 * An instant in UTC, always `YYYY-MM-DDTHH:mm:ss.nnnnnnnnnZ`: of one width with nine fraction digits,
 * so that text order is time order in memory and on every store.
 */
export type Instant = string & { readonly [instantBrand]: true };

/** A calendar day, `YYYY-MM-DD`. Never moved through a time zone. */
export type Day = string & { readonly [dayBrand]: true };

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LEAP_SECOND = /-(06-30|12-31)T23:59:59/;
const FIRST_INSTANT = '0000-01-01T00:00:00.000000000Z' as Instant;
const LAST_INSTANT = '9999-12-31T23:59:59.999999999Z' as Instant;
const FIRST_NS = Temporal.Instant.from(FIRST_INSTANT).epochNanoseconds;
const LAST_NS = Temporal.Instant.from(LAST_INSTANT).epochNanoseconds;
export const FIRST_DAY = '0000-01-01' as Day;
export const LAST_DAY = '9999-12-31' as Day;

/** Null outside the years 0000 to 9999, which the fixed width cannot hold. */
export function instantOf(value: Temporal.Instant): Instant | null {
  if (value.epochNanoseconds < FIRST_NS || value.epochNanoseconds > LAST_NS) return null;
  return value.toString({ fractionalSecondDigits: 9 }) as Instant;
}

/** The same, but what lies outside is the first or the last instant that there is. */
function nearestInstant(value: Temporal.Instant): Instant {
  return instantOf(value) ?? (value.epochNanoseconds < FIRST_NS ? FIRST_INSTANT : LAST_INSTANT);
}

/**
 * Reads RFC 3339 with any offset and up to nine fraction digits; null when it is none or names an impossible time.
 * A leap second, of which there is none in epoch time, is the last instant of the second before it.
 */
export function parseRfc3339(text: string): Instant | null {
  if (isPlainUtc(text)) return `${text.slice(0, 19)}.${text.slice(20, -1).padEnd(9, '0')}Z` as Instant;
  const form = RFC_3339.exec(text);
  if (form === null) return null;
  try {
    // Temporal reads second 60 of any minute as second 59.
    const at = instantOf(Temporal.Instant.from(text.replace(' ', 'T')));
    if (at === null || form[1] !== '60') return at;
    return LEAP_SECOND.test(at) ? (`${at.slice(0, 19)}.999999999Z` as Instant) : null;
  } catch {
    return null;
  }
}

const PLAIN_UTC = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** The form that nearly all times have, on a day that every month has: there is nothing to be worked out. */
function isPlainUtc(text: string): boolean {
  return PLAIN_UTC.test(text);
}

/** Reads whole or fractional milliseconds since 1970-01-01 UTC; null when out of range. */
export function fromEpochMilliseconds(value: number): Instant | null {
  return fromEpoch(value, 6);
}

/** Reads whole or fractional seconds since 1970-01-01 UTC (0 is 1970); null when out of range. */
export function fromEpochSeconds(value: number): Instant | null {
  return fromEpoch(value, 9);
}

/**
 * By the decimal digits of the number, as it was sent: arithmetic would bring in digits that nobody gave. What is
 * finer than a nanosecond is cut.
 *
 * @param digits how many decimal places of the unit make nanoseconds
 */
function fromEpoch(value: number, digits: number): Instant | null {
  if (!Number.isFinite(value)) return null;
  // Only there, and from 1e21 on, is a number spelled with an exponent.
  const [whole = '', fraction = ''] = Math.abs(value) < 1e-6 ? ['0'] : String(value).split('.');
  try {
    const nanoseconds = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
    return instantOf(Temporal.Instant.fromEpochNanoseconds(nanoseconds));
  } catch {
    return null;
  }
}

/** Reads `YYYY-MM-DD`; null when it is none or names an impossible day (2023-02-30). */
export function parseDay(text: string): Day | null {
  if (!DAY.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text).toString() as Day;
  } catch {
    return null;
  }
}

/** The present by this process's clock. */
export function now(): Instant {
  return Temporal.Now.instant().toString({ fractionalSecondDigits: 9 }) as Instant;
}

/** Stops at the ends of the years 0000 and 9999. */
export function addMilliseconds(at: Instant, milliseconds: number): Instant {
  return nearestInstant(Temporal.Instant.from(at).add({ milliseconds: Math.trunc(milliseconds) }));
}

/** `later - earlier` in milliseconds, each cut to its millisecond; negative when they stand the other way round. */
export function millisecondsBetween(earlier: Instant, later: Instant): number {
  return Temporal.Instant.from(later).epochMilliseconds - Temporal.Instant.from(earlier).epochMilliseconds;
}

/** `later - earlier` in seconds, by all digits; negative when they stand the other way round. */
export function secondsBetween(earlier: Instant, later: Instant): number {
  const wholeMs = Date.parse(`${later.slice(0, 19)}Z`) - Date.parse(`${earlier.slice(0, 19)}Z`);
  return wholeMs / 1000 + (Number(later.slice(20, 29)) - Number(earlier.slice(20, 29))) / 1e9;
}

/** The instant as clients read it: fractions cut to milliseconds. */
export function toDateTime(at: Instant): string {
  return `${at.slice(0, 23)}Z`;
}

/** The UTC day on which the instant lies. */
export function dayOf(at: Instant): Day {
  return at.slice(0, 10) as Day;
}

/** Stops at 0000-01-01 and 9999-12-31. */
export function addDays(day: Day, days: number): Day {
  const moved = Temporal.PlainDate.from(day).add({ days });
  if (moved.year < 0) return FIRST_DAY;
  return moved.year > 9999 ? LAST_DAY : (moved.toString() as Day);
}

/**
 * The first instant of a day in a zone (an IANA name or an offset as Temporal spells it); within the years 0000 to
 * 9999. @throws RangeError for an unknown zone.
 */
export function startOfDay(day: Day, timeZone: string): Instant {
  return nearestInstant(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone }).toInstant());
}

/** The later of two; a null is earlier than any instant. */
export function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null) return other;
  if (other === null) return one;
  return one > other ? one : other;
}
