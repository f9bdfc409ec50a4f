import { type Day, type Instant, parseDay, parseRfc3339, toDateTime } from '#kyc/instant';

import { builder } from './builder.ts';
import { badUserInput } from './errors.ts';

builder.scalarType('DateTime', {
  description:
    'An instant in UTC, serialised as YYYY-MM-DDTHH:mm:ss.sssZ; any RFC 3339 offset and up to nine digits are accepted. Ordering uses the full precision that the source gave.',
  serialize: (at: Instant) => toDateTime(at),
  parseValue: (value): Instant => {
    const at = typeof value === 'string' ? parseRfc3339(value) : null;
    if (at === null) {
      throw badUserInput('A DateTime is an RFC 3339 text with an offset, e.g. 2026-01-31T09:30:00Z.');
    }
    return at;
  },
});

builder.scalarType('Date', {
  description: 'A calendar day, YYYY-MM-DD. Never moved through a time zone.',
  serialize: (day: Day) => day,
  parseValue: (value): Day => {
    const day = typeof value === 'string' ? parseDay(value) : null;
    if (day === null) throw badUserInput('A Date is a calendar day that exists, YYYY-MM-DD.');
    return day;
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value, as the source gave it.',
  serialize: (value) => value,
});
